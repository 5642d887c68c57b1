/** Columns of numbers as files: a training's candles and its folds' scores. Written whole or not at all. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { CandleColumns } from '../../trading/types.js';

const CANDLE_FIELDS = ['timestamp', 'open', 'high', 'low', 'close', 'volume'] as const;

export function writeWhole(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, content);
  renameSync(temporary, path);
}

export function writeColumns(path: string, columns: readonly Float64Array[]): void {
  const bytes = columns.map((column) => Buffer.from(column.buffer, column.byteOffset, column.byteLength));
  writeWhole(path, Buffer.concat([Buffer.from(Float64Array.of(columns.length).buffer), ...bytes]));
}

/** @throws where the file is missing or is not such a file */
export function readColumns(path: string): Float64Array[] {
  const bytes = readFileSync(path);
  const all = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const count = all[0] ?? 0;
  const length = (all.length - 1) / count;
  if (!Number.isInteger(count) || count < 1 || !Number.isInteger(length))
    throw new Error(`${path} holds no columns of numbers`);
  return Array.from({ length: count }, (_, c) => all.subarray(1 + c * length, 1 + (c + 1) * length));
}

export const writeCandles = (path: string, candles: CandleColumns): void =>
  writeColumns(
    path,
    CANDLE_FIELDS.map((field) => candles[field]),
  );

export function readCandles(path: string): CandleColumns {
  const [timestamp, open, high, low, close, volume] = readColumns(path);
  if (!timestamp || !open || !high || !low || !close || !volume) throw new Error(`${path} holds no candles`);
  return { length: timestamp.length, timestamp, open, high, low, close, volume };
}
