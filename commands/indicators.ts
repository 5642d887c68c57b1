import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readCandleFile } from '../adapters/candles/store.js';
import { indicatorColumns } from '../trading/indicators/index.js';
import { runCommand, UsageError } from './usage.js';

// Values of every indicator on a candle file; empty while one warms up, else every digit of the double.
await runCommand(() => {
  const { values } = parseArgs({
    options: { data: { type: 'string' }, out: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (!values.data || !values.out) throw new UsageError('npm run indicators -- --data FILE --out CSV');
  const candles = readCandleFile(values.data);
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
  writeFileSync(values.out, `${lines.join('\n')}\n`);
  console.log(`${candles.length} candles, ${columns.length} columns: ${values.out}`);
});
