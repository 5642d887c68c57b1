import { groupTrades } from '../../../dashboard/src/features/performance/breakdown.js';
import { holdValues } from '../../../dashboard/src/features/performance/buyAndHold.js';
import { continued, withPrice } from '../../../dashboard/src/features/monitoring/candles.js';
import { EMPTY_FILTER, matcher, queryOf } from '../../../dashboard/src/features/logs/filter.js';
import type { LogEntry, TradeEntry } from '../../../api/schemas/index.js';

const trade = (changes: Partial<TradeEntry>): TradeEntry => ({
  id: 't',
  userId: 'u',
  positionId: 'p',
  symbol: 'BTC/USDT',
  entryTime: '2024-07-31T22:00:00Z',
  entryPrice: 100,
  exitTime: '2024-07-31T23:30:00Z',
  exitPrice: 101,
  quantity: 1,
  fees: 0.2,
  pnl: 0.8,
  pnlPct: 0.8,
  exitReason: 'target',
  strategy: 'ensemble',
  leadingStrategy: null,
  mode: 'paper',
  ...changes,
});

test('trades are summed by month and hour in the reader’s time zone', () => {
  const trades = [trade({}), trade({ pnl: -1 })];
  expect(groupTrades(trades, 'month', 'UTC')).toEqual([
    { key: '2024-07', trades: 2, winRate: 50, pnl: -0.19999999999999996, fees: 0.4 },
  ]);
  expect(groupTrades(trades, 'month', 'Asia/Seoul')[0]?.key).toBe('2024-08');
  expect(groupTrades(trades, 'hour', 'Asia/Seoul')[0]?.key).toBe('08:00');
});

test('what is still open is no result', () => {
  expect(groupTrades([trade({ exitReason: 'open' })], 'symbol', 'UTC')).toEqual([]);
});

test('a trade belongs to the strategy that led its entry, and one from before that was kept to none', () => {
  const trades = [
    trade({ leadingStrategy: 'breakout' }),
    trade({}),
    trade({ strategy: null }),
    trade({ leadingStrategy: 'trend' }),
  ];
  expect(groupTrades(trades, 'strategy', 'UTC').map(({ key }) => key)).toEqual(['breakout', 'ensemble', 'trend', '–']);
});

test('buy and hold spreads the money evenly and follows each symbol’s close', () => {
  const rows = (closes: number[]) => closes.map((close, index) => [index * 10, close, close, close, close, 1] as const);
  expect(holdValues([0, 5, 10, 25], [rows([100, 110, 120]), rows([10, 10, 8])], 1000)).toEqual([
    1000, 1000, 1050, 1000,
  ]);
  expect(holdValues([0], [], 1000)).toEqual([null]);
});

test('the newest candles continue the chart, and an older answer changes nothing', () => {
  const row = (time: number, close: number) => [time, close, close, close, close, 1] as const;
  const rows = [row(1, 10), row(2, 11), row(3, 12)];
  expect(continued(rows, [row(3, 13), row(4, 14)])).toEqual([row(1, 10), row(2, 11), row(3, 13), row(4, 14)]);
  expect(continued(rows, [row(1, 9), row(2, 9)])).toBe(rows);
  expect(continued(rows, [])).toBe(rows);
});

test('a price moves the forming candle and begins the next one', () => {
  const rows = [[60_000, 10, 12, 9, 11, 5] as const];
  expect(withPrice(rows, 60_000, 13, 119_000)).toEqual([[60_000, 10, 13, 9, 13, 5]]);
  expect(withPrice(rows, 60_000, 8, 120_500)).toEqual([...rows, [120_000, 8, 8, 8, 8, 0]]);
  expect(withPrice(rows, 60_000, 8, 59_000)).toBe(rows);
  expect(withPrice(rows, 60_000, 8, 660_000)).toBe(rows);
  expect(withPrice([], 60_000, 8, 0)).toEqual([]);
});

test('the log filter means the same on the page as on the server', () => {
  const line: LogEntry = {
    id: '1',
    userId: 'u',
    timestamp: '2024-08-01T12:00:00.000Z',
    logLevel: 'ERROR',
    component: 'RISK',
    message: 'Daily Loss near',
    data: null,
  };
  expect(matcher(EMPTY_FILTER)(line)).toBe(true);
  expect(matcher({ ...EMPTY_FILTER, level: 'INFO' })(line)).toBe(false);
  expect(matcher({ ...EMPTY_FILTER, component: 'RISK', text: ' daily loss ' })(line)).toBe(true);
  expect(matcher({ ...EMPTY_FILTER, text: 'gain' })(line)).toBe(false);
  expect(matcher({ ...EMPTY_FILTER, from: '2030-01-01T00:00' })(line)).toBe(false);
  expect(queryOf({ ...EMPTY_FILTER, text: ' x ', from: 'nonsense' })).toEqual({
    level: '',
    component: '',
    q: 'x',
    from: undefined,
    to: undefined,
  });
});
