import type { CandleColumns } from '../types.js';
import type { SharedIndicators } from './shared.js';

/** A number that a strategy may be tuned by. Bounds are inclusive; `integer` values count candles or points. */
export interface ParameterSpec {
  default: number;
  min: number;
  max: number;
  integer: boolean;
  meaning: string;
}

/** Takes the next closed candle and answers with the vote of the candles so far. */
export type VoteStream = (open: number, high: number, low: number, close: number, volume: number) => number;

/**
 * One way of looking at closed candles. A vote is -1 (sell) to 1 (buy), 0 for no opinion and NaN while it warms up, and
 * may use its own candle and earlier ones only. `votes` answers for every candle at once, `stream` for one after the
 * other; what the stream was not told it cannot use, so that equal answers on every candle prove that `votes` does not
 * look ahead (`npm run check-strategy`).
 */
export interface Strategy {
  readonly name: string;
  readonly params: Readonly<Record<string, number>>;
  /** Candles that must precede the first vote. */
  readonly warmUp: number;
  /** @param shared of the same candles, where several strategies are asked about them */
  votes(candles: CandleColumns, shared?: SharedIndicators): Float64Array;
  stream(): VoteStream;
}

export interface StrategyFactory {
  readonly description: string;
  /** What a vote to buy and one to sell say, for a signal's reasons. */
  readonly meaning: { readonly buy: string; readonly sell: string };
  readonly parameters: Readonly<Record<string, ParameterSpec>>;
  /** Whether an open position is left on an opposite signal, beside stop and target. */
  readonly exitsOnSignal: boolean;
  create(params: Readonly<Record<string, number>>): Omit<Strategy, 'name' | 'params'>;
}

export class StrategyError extends Error {
  override readonly name = 'StrategyError';
}

/** Defaults with `given` laid over them. Throws StrategyError on an unknown name or a value out of its range. */
export function resolveParameters(
  strategy: string,
  specs: Readonly<Record<string, ParameterSpec>>,
  given: Readonly<Record<string, number>>,
): Record<string, number> {
  const resolved = Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, spec.default]));
  for (const [name, value] of Object.entries(given)) {
    const spec = specs[name];
    if (!spec)
      throw new StrategyError(`${strategy} has no parameter "${name}"; it has ${Object.keys(specs).join(', ')}`);
    const fits = value >= spec.min && value <= spec.max && (!spec.integer || Number.isInteger(value));
    if (!fits)
      throw new StrategyError(
        `${strategy}: ${name} must be ${spec.integer ? 'a whole number' : 'a number'} from ${spec.min} to ${spec.max}, not ${value}`,
      );
    resolved[name] = value;
  }
  return resolved;
}

/** A count of candles. */
export const candleCount = (value: number, meaning: string, max = 500, min = 2): ParameterSpec => ({
  default: value,
  min,
  max,
  integer: true,
  meaning,
});

export const amount = (value: number, min: number, max: number, meaning: string): ParameterSpec => ({
  default: value,
  min,
  max,
  integer: false,
  meaning,
});

/** value / full, cut to -1 .. 1; 0 where there is nothing to measure by. NaN stays NaN. */
export function graded(value: number, full: number): number {
  if (full === 0) return 0;
  const share = value / full;
  return share > 1 ? 1 : share < -1 ? -1 : share;
}
