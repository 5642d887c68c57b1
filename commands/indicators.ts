import { writeFileSync } from 'node:fs';
import { readCandleFile } from '../adapters/candles/store.js';
import { indicatorColumns } from '../trading/indicators/index.js';
import { keepInputs, readArguments, runCommand, UsageError } from './usage.js';

const USAGE = 'npm run indicators -- --data FILE --out CSV';

// Values of every indicator on a candle file; empty while one warms up, else every digit of the double.
await runCommand(() => {
  const { values } = readArguments(USAGE, { data: { type: 'string' }, out: { type: 'string' } });
  for (const name of ['data', 'out'] as const)
    if (!values[name]) throw new UsageError(`--${name} is missing. Usage: ${USAGE}`);
  keepInputs({ data: values.data }, { out: values.out });
  write(values.out!, values.data!);
});

function write(out: string, data: string): void {
  const candles = readCandleFile(data);
  const columns = Object.entries(indicatorColumns(candles));
  const lines = [['timestamp', ...columns.map(([name]) => name)].join(',')];
  for (let index = 0; index < candles.length; index++) {
    let line = String(candles.timestamp[index]);
    for (const [, column] of columns) {
      const value = column[index]!;
      line += Number.isNaN(value) ? ',' : `,${value}`;
    }
    lines.push(line);
  }
  try {
    writeFileSync(out, `${lines.join('\n')}\n`);
  } catch (error) {
    throw new UsageError(`--out ${out} cannot be written: ${(error as Error).message}`);
  }
  console.log(`${candles.length} candles, ${columns.length} columns: ${out}`);
}
