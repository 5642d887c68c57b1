import { readFileSync } from 'node:fs';
import { PRIORITIES, FILL_BY_PRIORITY } from '../../../adapters/exchange/weightBudget.js';
import { FAULT_TABLE } from '../../servers/exchange/faultTable.js';

const text = readFileSync(new URL('../../../docs/EXCHANGE.md', import.meta.url), 'utf8');
const rowsAfter = (heading: string): string[][] => {
  const lines = text.slice(text.indexOf(heading)).split('\n');
  const start = lines.findIndex((line) => line.startsWith('|---'));
  const end = lines.findIndex((line, i) => i > start && !line.startsWith('|'));
  return lines.slice(start + 1, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
};

test('the document’s table of faults is the one that the servers play', () => {
  expect(rowsAfter('## What came back')).toEqual(
    FAULT_TABLE.map(([name, , placement, read]) => [name, placement, read]),
  );
});

test('the document’s shares of the request weight are the limiter’s', () => {
  const documented = rowsAfter('## Request weight').map(([, share]) => Number.parseFloat(share!) / 100);
  expect(documented).toEqual([...PRIORITIES].reverse().map((priority) => FILL_BY_PRIORITY[priority]));
});
