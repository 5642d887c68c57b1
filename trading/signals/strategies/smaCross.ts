import { sma } from '../../indicators/sma.js';
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
    return { warmUp: slow!, votes: ({ close }) => crossings(sma(close, fast!), sma(close, slow!), slow!) };
  },
};

/**
 * Running totals of equal prices can end a few units of the last digit apart, which must not count as a crossing: a
 * distance below this share of the price is zero. One tick of a real price is a hundred times more.
 */
const NOTHING = 1e-11;

function crossings(fast: Float64Array, slow: Float64Array, first: number): Float64Array {
  const out = new Float64Array(fast.length);
  out.fill(Number.NaN, 0, Math.min(first, out.length));
  let wasAbove = fast[first - 1]! - slow[first - 1]! > slow[first - 1]! * NOTHING;
  for (let index = first; index < out.length; index++) {
    const average = slow[index]!;
    const above = fast[index]! - average > average * NOTHING;
    if (above && !wasAbove) out[index] = 1;
    wasAbove = above;
  }
  return out;
}
