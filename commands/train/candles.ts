import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { LearningDataError } from '../../trading/learning/dataset.js';
import type { CandleColumns } from '../../trading/types.js';

export function readCandles(path: string): CandleColumns {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new LearningDataError(`cannot read ${path}: ${(error as Error).message}`);
  }
  const text = (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString();
  const lines = text.trim().split(/\r?\n/);
  if (lines[0] !== 'timestamp,open,high,low,close,volume')
    throw new LearningDataError(
      `${path} begins with "${lines[0]}"; the header must be timestamp,open,high,low,close,volume`,
    );
  const length = lines.length - 1;
  const columns = Array.from({ length: 6 }, () => new Float64Array(length));
  for (let i = 0; i < length; i++) {
    const cells = lines[i + 1]!.split(',');
    for (let c = 0; c < 6; c++) {
      const value = cells.length === 6 && cells[c] !== '' ? Number(cells[c]) : NaN;
      const wrong =
        !Number.isFinite(value) || (c > 0 && c < 5 && value <= 0) || (c === 0 && i > 0 && value <= columns[0]![i - 1]!);
      if (wrong)
        throw new LearningDataError(`${path} line ${i + 2}: "${lines[i + 1]}" is no later candle of six numbers`);
      columns[c]![i] = value;
    }
  }
  const [timestamp, open, high, low, close, volume] = columns as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  return { length, timestamp, open, high, low, close, volume };
}
