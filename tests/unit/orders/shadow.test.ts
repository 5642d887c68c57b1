import { shadowEnd } from '../../../trading/orders/index.js';
import type { CandleColumns } from '../../../trading/types.js';

const candles = (...rows: [time: number, low: number, high: number][]): CandleColumns => {
  const column = (pick: (row: (typeof rows)[number]) => number) => Float64Array.from(rows, pick);
  return {
    length: rows.length,
    timestamp: column(([time]) => time),
    open: column(([, low]) => low),
    high: column(([, , high]) => high),
    low: column(([, low]) => low),
    close: column(([, , high]) => high),
    volume: column(() => 1),
  };
};
const levels = { since: 10, stopPrice: 95, targetPrice: 110 };

test.each<[string, CandleColumns, ReturnType<typeof shadowEnd>]>([
  ['is open while no level was reached', candles([10, 96, 109], [20, 95.01, 109.99]), null],
  ['ends at its stop', candles([10, 96, 109], [20, 95, 100]), { leg: 'stop', time: 20 }],
  ['ends at its target', candles([10, 96, 110], [20, 90, 100]), { leg: 'target', time: 10 }],
  ['ends at its stop where one candle reaches both', candles([10, 90, 120]), { leg: 'stop', time: 10 }],
  ['takes no notice of what was before it', candles([0, 50, 200], [10, 96, 100]), null],
])('a position in the shadow %s', (_, known, end) => {
  expect(shadowEnd(known, levels)).toEqual(end);
});
