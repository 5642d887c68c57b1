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

function crossings(fast: Float64Array, slow: Float64Array, first: number): Float64Array {
  const out = new Float64Array(fast.length);
  out.fill(Number.NaN, 0, Math.min(first, out.length));
  for (let index = first; index < out.length; index++)
    if (fast[index - 1]! <= slow[index - 1]! && fast[index]! > slow[index]!) out[index] = 1;
  return out;
}
