import fc from 'fast-check';
import {
  correlationOf,
  MIN_CORRELATION_RETURNS,
  rollingCorrelation,
  type TimedCloses,
} from '../../../trading/risk/correlation.js';

const STEP = 300_000;
const over = (window: number) => ({ step: STEP, window });
const grow = (returns: number[], from = 100) =>
  returns.reduce((closes, r) => [...closes, closes.at(-1)! * (1 + r)], [from]);
/** Candles without a hole that end at the same time, whatever their number. */
const timed = (close: number[], missing: (fromEnd: number) => boolean = () => false): TimedCloses => {
  const kept = close.map((_, i) => i).filter((i) => !missing(close.length - 1 - i));
  return { timestamp: kept.map((i) => (i - close.length + 1) * STEP), close: kept.map((i) => close[i]!) };
};
const grown = (returns: number[], from = 100) => timed(grow(returns, from));
const wave = Array.from({ length: 40 }, (_, i) => Math.sin(i) / 100);
/** Without a pattern that a shift would meet again. */
const noise = Array.from({ length: 240 }, (_, i) => (Math.sin(i * i * 12.9898) * 43_758.5453) % 0.01);

function pearson(pairs: readonly [number, number][]): number {
  const mean = (v: number[]) => v.reduce((a, b) => a + b) / v.length;
  const covariance = (a: number[], b: number[]) => mean(a.map((v, i) => (v - mean(a)) * (b[i]! - mean(b))));
  const [x, y] = [pairs.map(([one]) => one), pairs.map(([, other]) => other)];
  return covariance(x, y) / Math.sqrt(covariance(x, x) * covariance(y, y));
}

test('a series correlates fully with itself, and inversely with its mirror', () => {
  const up = grown(wave);
  expect(rollingCorrelation(up, grown(wave, 7), over(30))).toBeCloseTo(1, 10);
  expect(rollingCorrelation(up, grown(wave.map((r) => -r)), over(30))).toBeCloseTo(-1, 10);
});

test('it is the textbook value', () => {
  const x = wave.slice(0, 20);
  const y = wave.slice(0, 20).map((r, i) => r + (i % 3) / 100);
  const pairs = x.map((r, i): [number, number] => [r, y[i]!]);
  expect(rollingCorrelation(grown(x), grown(y), over(20))).toBeCloseTo(pearson(pairs), 10);
});

test('only the last returns count', () => {
  const before = grown([...wave.map((r) => -r), ...wave]);
  const other = grown([...wave, ...wave]);
  expect(rollingCorrelation(before, other, over(40))).toBeCloseTo(1, 10);
  expect(rollingCorrelation(before, other, over(80))).toBeLessThan(0.5);
});

test('too few returns, or a price that stood still, give no answer', () => {
  const enough = grow(wave.slice(0, MIN_CORRELATION_RETURNS));
  expect(rollingCorrelation(timed(enough), timed(enough), over(100))).toBeCloseTo(1, 10);
  expect(rollingCorrelation(timed(enough.slice(1)), timed(enough), over(100))).toBeNull();
  expect(rollingCorrelation(timed(enough), timed(enough.slice(1)), over(100))).toBeNull();
  expect(rollingCorrelation(timed(enough), timed(enough), over(19))).toBeNull();
  expect(rollingCorrelation(timed(enough), timed(enough.map(() => 5)), over(20))).toBeNull();
  expect(rollingCorrelation(timed([]), timed(enough), over(20))).toBeNull();
});

test('of series of different lengths the returns that both have count', () => {
  const [long, short] = [grown(wave), grown(wave.slice(-24))];
  expect(rollingCorrelation(short, long, over(100))).toBeCloseTo(1, 10);
  expect(rollingCorrelation(long, short, over(100))).toBeCloseTo(1, 10);
});

describe('where candles are missing', () => {
  const whole = grown(noise);
  test('a hole in one symbol hides no correlation', () => {
    const holed = timed(grow(noise), (fromEnd) => fromEnd >= 70 && fromEnd < 73);
    expect(rollingCorrelation(whole, holed, over(200))).toBeCloseTo(1, 10);
    expect(rollingCorrelation(holed, whole, over(200))).toBeCloseTo(1, 10);
  });
  test('nor does a newest candle that comes late', () => {
    const late = timed(grow(noise), (fromEnd) => fromEnd === 0);
    expect(rollingCorrelation(whole, late, over(200))).toBeCloseTo(1, 10);
    expect(rollingCorrelation(late, whole, over(200))).toBeCloseTo(1, 10);
  });
  test('what lies on both sides of a hole makes no return', () => {
    const jumped = grow(noise).map((close, i) => (i < 170 ? close : close * 3));
    const hole = (fromEnd: number) => fromEnd >= 70 && fromEnd < 73;
    expect(rollingCorrelation(timed(jumped, hole), timed(grow(noise), hole), over(200))).toBeCloseTo(1, 10);
  });
  test('too few common returns are none, and what is older than the window says nothing of now', () => {
    const short = (common: number) => timed(grow(noise), (fromEnd) => fromEnd > common);
    expect(rollingCorrelation(whole, short(MIN_CORRELATION_RETURNS), over(200))).toBeCloseTo(1, 10);
    expect(rollingCorrelation(whole, short(MIN_CORRELATION_RETURNS - 1), over(200))).toBeNull();
    expect(
      rollingCorrelation(
        whole,
        timed(grow(noise), (fromEnd) => fromEnd % 2 === 0),
        over(200),
      ),
    ).toBeNull();
    const stopped = (ago: number) => timed(grow(noise), (fromEnd) => fromEnd < ago);
    expect(rollingCorrelation(whole, stopped(200 - MIN_CORRELATION_RETURNS), over(200))).toBeCloseTo(1, 10);
    expect(rollingCorrelation(whole, stopped(201 - MIN_CORRELATION_RETURNS), over(200))).toBeNull();
  });
});

test('it is that of the common one-candle returns, whatever is missing where', () => {
  const holes = fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 30 });
  const perMille = fc.integer({ min: -200, max: 200 }).map((r) => r / 1000);
  const returns = fc.array(perMille, { minLength: 60, maxLength: 60 });
  fc.assert(
    fc.property(returns, returns, holes, holes, fc.integer({ min: 20, max: 70 }), (p, q, inP, inQ, window) => {
      const both = [timed(grow(p), (i) => inP.includes(i)), timed(grow(q), (i) => inQ.includes(i))] as const;
      const closes = both.map(({ timestamp, close }) => new Map(Array.from(timestamp, (time, i) => [time, close[i]!])));
      const newest = Math.max(...closes.flatMap((each) => [...each.keys()]));
      const pairs: [number, number][] = [];
      for (let time = newest; time > newest - window * STEP; time -= STEP) {
        const [x, y] = closes.map((each) => each.get(time)! / each.get(time - STEP)! - 1);
        if (!Number.isNaN(x! + y!)) pairs.push([x!, y!]);
      }
      const value = rollingCorrelation(...both, over(window));
      if (pairs.length < MIN_CORRELATION_RETURNS) expect(value).toBeNull();
      else expect(value).toBeCloseTo(pearson(pairs), 6);
    }),
    { numRuns: 100, seed: 11 },
  );
});

test('of symbols either way round it is the same, read once, and null where closes are missing or too few', () => {
  const closes: Record<string, TimedCloses> = {
    A: grown(wave),
    B: grown(wave.map((r, i) => r * (i % 2 ? 1 : -2))),
    C: timed([1, 2]),
  };
  const read: string[] = [];
  const correlation = correlationOf((symbol) => {
    read.push(symbol);
    return closes[symbol];
  }, over(30));
  expect(correlation('A', 'B')).toBe(rollingCorrelation(closes['A']!, closes['B']!, over(30)));
  expect(correlation('A', 'B')).not.toBeNull();
  expect(correlation('B', 'A')).toBe(correlation('A', 'B'));
  expect(read).toEqual(['A', 'B']);
  expect(correlation('A', 'C')).toBeNull();
  expect(correlation('A', 'D')).toBeNull();
});

test('moves beyond what numbers hold give no answer', () => {
  const wild = timed(Array.from({ length: 30 }, (_, i) => (i % 2 ? 1e80 : 1e-80)));
  expect(rollingCorrelation(wild, wild, over(25))).toBeNull();
});

test('a series and its mirror stay within -1 to 1 although floats err', () => {
  const returns = fc.array(fc.double({ min: -0.2, max: 0.2, noNaN: true }), { minLength: 20, maxLength: 60 });
  fc.assert(
    fc.property(returns, fc.double({ min: 0.1, max: 3, noNaN: true }), (own, factor) => {
      const scaled = grown(
        own.map((r) => r * factor),
        7,
      );
      const up = rollingCorrelation(grown(own), scaled, over(60));
      const down = rollingCorrelation(grown(own), grown(own.map((r) => -r * factor)), over(60));
      if (up !== null) expect(up).toBeLessThanOrEqual(1);
      if (down !== null) expect(down).toBeGreaterThanOrEqual(-1);
    }),
    { numRuns: 60, seed: 5 },
  );
});

test('it never leaves -1 to 1', () => {
  const closes = fc.array(fc.double({ min: 0.01, max: 1e6, noNaN: true }), { minLength: 21, maxLength: 60 });
  fc.assert(
    fc.property(closes, closes, (a, b) => {
      const value = rollingCorrelation(timed(a), timed(b), over(50));
      if (value !== null) expect(Math.abs(value)).toBeLessThanOrEqual(1);
    }),
  );
});
