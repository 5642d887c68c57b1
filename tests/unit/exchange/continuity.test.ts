import fc from 'fast-check';
import { readUserEvent } from '../../../adapters/exchange/streams/accountEvents.js';
import { createContinuity } from '../../../adapters/exchange/streams/continuity.js';

const report = (over: object = {}) => ({
  e: 'executionReport',
  E: 1_001,
  s: 'BTCUSDT',
  c: 'mine',
  C: '',
  S: 'BUY',
  o: 'LIMIT',
  f: 'GTC',
  q: '1.0',
  p: '10.0',
  P: '0.0',
  g: -1,
  x: 'NEW',
  X: 'NEW',
  i: 5,
  l: '0.0',
  z: '0.0',
  L: '0.0',
  n: '0',
  N: null,
  T: 1_000,
  t: -1,
  O: 1_000,
  Z: '0.0',
  ...over,
});
const position = (u: number) => ({ e: 'outboundAccountPosition', E: u, u, B: [{ a: 'BTC', f: '1.0', l: '0' }] });
const trade = (n: number, of: number) =>
  report({
    x: 'TRADE',
    X: n === of ? 'FILLED' : 'PARTIALLY_FILLED',
    l: '0.1',
    z: (n / 10).toFixed(1),
    t: n,
    T: 1_000 + n,
  });
const judge = (...events: object[]) => {
  const continuity = createContinuity();
  return { verdicts: events.map((event) => continuity.judge(readUserEvent(event))), continuity };
};

test('an execution report becomes a report and a fill', () => {
  const event = readUserEvent(trade(3, 10));
  expect(event).toMatchObject({
    kind: 'order',
    marketId: 'BTCUSDT',
    report: {
      clientOrderId: 'mine',
      orderId: '5',
      orderListId: null,
      status: 'PARTIALLY_FILLED',
      executedQuantity: '0.3',
    },
    fill: { tradeId: '3', orderId: '5', quantity: '0.1', fee: '0', feeAsset: '', time: 1_003 },
  });
});

test('a cancel names the order, not the cancel', () => {
  const event = readUserEvent(report({ x: 'CANCELED', X: 'CANCELED', c: 'the-cancel', C: 'mine' }));
  expect(event).toMatchObject({ report: { clientOrderId: 'mine', status: 'CANCELED' }, fill: null });
});

test.each([
  ['an unknown status', report({ X: 'WHATEVER' })],
  ['a quantity that is no number', report({ z: 'NaN' })],
  ['no order id', report({ i: undefined })],
  ['a position without assets', { e: 'outboundAccountPosition', u: 1 }],
])('%s is bad and counts as a gap', (_name, event) => {
  expect(readUserEvent(event).kind).toBe('bad');
  expect(judge(event).verdicts).toEqual(['gap']);
});

test('events that follow each other are new, told twice they are duplicates', () => {
  const events = [report(), trade(1, 2), trade(1, 2), trade(2, 2), trade(2, 2)];
  expect(judge(...events).verdicts).toEqual(['new', 'new', 'duplicate', 'new', 'duplicate']);
});

test('whichever fill is lost, the next event of the order shows it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 10 }), fc.nat(), (count, pick) => {
      const all = Array.from({ length: count }, (_, i) => trade(i + 1, count));
      const lost = pick % (count - 1);
      const { verdicts } = judge(report(), ...all.filter((_, i) => i !== lost));
      expect(verdicts.filter((verdict) => verdict === 'gap')).toHaveLength(1);
      expect(verdicts[lost + 1]).toBe('gap');
    }),
  );
});

test('a fill of an order that forty others have followed shows as a gap, which costs a look', () => {
  const others = (count: number) => Array.from({ length: count }, (_, index) => report({ i: 100 + index, t: -1 }));
  expect(judge(trade(1, 2), ...others(39), trade(2, 2)).verdicts.at(-1)).toBe('new');
  expect(judge(trade(1, 2), ...others(40), trade(2, 2)).verdicts.at(-1)).toBe('gap');
});

test('fills in the wrong order show as a gap and none of them is taken for a duplicate', () => {
  expect(judge(report(), trade(2, 2), trade(1, 2)).verdicts).toEqual(['new', 'gap', 'gap']);
});

test('a change of balance that no order event explains stays unexplained', () => {
  expect(judge(report(), position(1_000)).continuity.unexplained()).toEqual([]);
  expect(judge(position(1_000), report()).continuity.unexplained()).toEqual([]);
  expect(judge(report(), position(2_000)).continuity.unexplained()).toEqual([2_000]);
  const deposit = { e: 'balanceUpdate', E: 3_000, a: 'BTC', d: '1.0', T: 3_000 };
  expect(judge(deposit, position(3_000)).continuity.unexplained()).toEqual([]);
});
