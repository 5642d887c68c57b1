import { candleCount, type StrategyFactory, StrategyError } from '../strategy.js';

/** Votes 1 where the fast average crosses above the slow one, and never sells: for comparison with other engines. */
export const smaCross: StrategyFactory = {
  description: 'the fast simple average crosses above the slow one; left by stop or target only',
  meaning: { buy: 'fast average crossed above the slow one', sell: 'never' },
  exitsOnSignal: false,
  parameters: {
    fast: candleCount(10, 'candles of the fast average', 5000, 1),
    slow: candleCount(30, 'candles of the slow average', 5000, 2),
  },
  create({ fast, slow }) {
    if (fast! >= slow!) throw new StrategyError(`sma-cross: fast (${fast}) must be below slow (${slow})`);
    return { warmUp: slow!, votes: ({ close }) => crossings(close, fast!, slow!) };
  },
};

/**
 * Running totals of equal prices can end a few units of the last digit apart, which must not count as a crossing: a
 * distance below this share of the price is zero. One tick of a real price is a hundred times more.
 */
const NOTHING = 1e-11;

/** Both averages are compared by their running totals, so that no column is stored for them. */
function crossings(close: Float64Array, fast: number, slow: number): Float64Array {
  const out = new Float64Array(close.length);
  const first = Math.min(slow, close.length);
  out.fill(Number.NaN, 0, first);
  let short = 0;
  let long = 0;
  for (let index = 0; index < first; index++) {
    long += close[index]!;
    if (index >= slow - fast) short += close[index]!;
  }
  let wasAbove = short * slow - long * fast > long * fast * NOTHING;
  for (let index = slow; index < close.length; index++) {
    short += close[index]! - close[index - fast]!;
    long += close[index]! - close[index - slow]!;
    const level = long * fast;
    const above = short * slow - level > level * NOTHING;
    if (above && !wasAbove) out[index] = 1;
    wasAbove = above;
  }
  return out;
}
