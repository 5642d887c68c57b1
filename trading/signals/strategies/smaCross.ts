import { candleCount, StrategyError, type StrategyFactory, type VoteStream } from '../strategy.js';

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
    return {
      warmUp: slow!,
      votes: ({ close }) => crossings(close, fast!, slow!),
      stream: () => crossingStream(fast!, slow!),
    };
  },
};

/**
 * Running totals drift: after a million candles by 2e-10 of themselves at the very most (two roundings a candle). Where
 * the averages lie nearer together than this share of the price, the windows themselves are asked.
 */
const DOUBTFUL = 1e-9;

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
  let wasAbove = first === slow && isAbove(close, slow - 1, fast, slow);
  for (let index = slow; index < close.length; index++) {
    short += close[index]! - close[index - fast]!;
    long += close[index]! - close[index - slow]!;
    const level = long * fast;
    const distance = short * slow - level;
    const doubtful = distance < level * DOUBTFUL && distance > -level * DOUBTFUL;
    const above = doubtful ? isAbove(close, index, fast, slow) : distance > 0;
    if (above && !wasAbove) out[index] = 1;
    wasAbove = above;
  }
  return out;
}

/** Of the price: twice what the doubles nearest to decimal prices may make of two averages that are equal. */
const NOTHING = 4.5e-16;

/**
 * Whether the fast average lies above the slow one, as exactly as the prices' own doubles tell: by their distances from
 * the newest close, which are small. Equal averages of decimal prices count as equal; a tick of any real price, over
 * windows of thousands of candles too, is more than `NOTHING`.
 */
function isAbove(close: Float64Array, index: number, fast: number, slow: number): boolean {
  const newest = close[index]!;
  let short = 0;
  let long = 0;
  for (let age = 0; age < slow; age++) {
    const distance = close[index - age]! - newest;
    if (age < fast) short += distance;
    long += distance;
  }
  return short / fast - long / slow > newest * NOTHING;
}

/** Each candle's averages by themselves: slower, and without a running total that could drift. */
function crossingStream(fast: number, slow: number): VoteStream {
  const recent = new Float64Array(slow);
  let seen = 0;
  let wasAbove = true;
  return (_open, _high, _low, close) => {
    recent.copyWithin(0, 1);
    recent[slow - 1] = close;
    seen += 1;
    if (seen < slow) return Number.NaN;
    const above = isAbove(recent, slow - 1, fast, slow);
    const crossed = above && !wasAbove;
    wasAbove = above;
    return seen === slow ? Number.NaN : crossed ? 1 : 0;
  };
}
