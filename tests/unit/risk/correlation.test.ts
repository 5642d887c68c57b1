import fc from 'fast-check';
import { correlationOf, MIN_CORRELATION_RETURNS, rollingCorrelation } from '../../../trading/risk/correlation.js';

const grow = (returns: number[], from = 100) =>
  returns.reduce((closes, r) => [...closes, closes.at(-1)! * (1 + r)], [from]);
const wave = Array.from({ length: 40 }, (_, i) => Math.sin(i) / 100);

test('a series correlates fully with itself, and inversely with its mirror', () => {
  const up = grow(wave);
  expect(rollingCorrelation(up, grow(wave, 7), 30)).toBeCloseTo(1, 10);
  expect(rollingCorrelation(up, grow(wave.map((r) => -r)), 30)).toBeCloseTo(-1, 10);
});

test('it is the textbook value', () => {
  const x = wave.slice(0, 20);
  const y = wave.slice(0, 20).map((r, i) => r + (i % 3) / 100);
  const mean = (v: number[]) => v.reduce((a, b) => a + b) / v.length;
  const cov = (a: number[], b: number[]) => mean(a.map((v, i) => (v - mean(a)) * (b[i]! - mean(b))));
  expect(rollingCorrelation(grow(x), grow(y), 20)).toBeCloseTo(cov(x, y) / Math.sqrt(cov(x, x) * cov(y, y)), 10);
});

test('only the last returns count', () => {
  const before = grow([...wave.map((r) => -r), ...wave]);
  const other = grow([...wave, ...wave]);
  expect(rollingCorrelation(before, other, 40)).toBeCloseTo(1, 10);
  expect(rollingCorrelation(before, other, 80)).toBeLessThan(0.5);
});

test('too few returns, or a price that stood still, give no answer', () => {
  const enough = grow(wave.slice(0, MIN_CORRELATION_RETURNS));
  expect(rollingCorrelation(enough, enough, 100)).toBeCloseTo(1, 10);
  expect(rollingCorrelation(enough.slice(1), enough, 100)).toBeNull();
  expect(rollingCorrelation(enough, enough.slice(1), 100)).toBeNull();
  expect(rollingCorrelation(enough, enough, 19)).toBeNull();
  expect(
    rollingCorrelation(
      enough,
      enough.map(() => 5),
      20,
    ),
  ).toBeNull();
});

test('of series of different lengths the returns that both have count', () => {
  const [long, short] = [grow(wave), grow(wave.slice(-24))];
  expect(rollingCorrelation(short, long, 100)).toBeCloseTo(1, 10);
  expect(rollingCorrelation(long, short, 100)).toBeCloseTo(1, 10);
});

test('of symbols either way round it is the same, read once, and null where closes are missing or too few', () => {
  const closes: Record<string, number[]> = {
    A: grow(wave),
    B: grow(wave.map((r, i) => r * (i % 2 ? 1 : -2))),
    C: [1, 2],
  };
  const read: string[] = [];
  const correlation = correlationOf((symbol) => {
    read.push(symbol);
    return closes[symbol];
  }, 30);
  expect(correlation('A', 'B')).toBe(rollingCorrelation(closes['A']!, closes['B']!, 30));
  expect(correlation('A', 'B')).not.toBeNull();
  expect(correlation('B', 'A')).toBe(correlation('A', 'B'));
  expect(read).toEqual(['A', 'B']);
  expect(correlation('A', 'C')).toBeNull();
  expect(correlation('A', 'D')).toBeNull();
});

test('moves beyond what numbers hold give no answer', () => {
  const wild = Array.from({ length: 30 }, (_, i) => (i % 2 ? 1e80 : 1e-80));
  expect(rollingCorrelation(wild, wild, 25)).toBeNull();
});

test('a series and its mirror stay within -1 to 1 although floats err', () => {
  const returns = fc.array(fc.double({ min: -0.2, max: 0.2, noNaN: true }), { minLength: 20, maxLength: 60 });
  fc.assert(
    fc.property(returns, fc.double({ min: 0.1, max: 3, noNaN: true }), (own, factor) => {
      const up = rollingCorrelation(
        grow(own),
        grow(
          own.map((r) => r * factor),
          7,
        ),
        60,
      );
      const down = rollingCorrelation(grow(own), grow(own.map((r) => -r * factor)), 60);
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
      const value = rollingCorrelation(a, b, 50);
      if (value !== null) expect(Math.abs(value)).toBeLessThanOrEqual(1);
    }),
  );
});
