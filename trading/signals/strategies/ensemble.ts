import type { CandleColumns } from '../../types.js';
import { amount, type Strategy, type StrategyFactory } from '../strategy.js';
import { breakout } from './breakout.js';
import { meanReversion } from './meanReversion.js';
import { momentum } from './momentum.js';
import { trend } from './trend.js';
import { volume } from './volume.js';

/** Who votes. A member's weight is the ensemble's parameter of the same name. */
export const ENSEMBLE_MEMBERS = { trend, momentum, 'mean-reversion': meanReversion, breakout, volume } satisfies Record<
  string,
  StrategyFactory
>;
export type EnsembleMember = keyof typeof ENSEMBLE_MEMBERS;

/**
 * The weighted vote of all strategies, -1 to 1. A move that mean reversion finds stretched is no longer chased: votes
 * against its own fade as it gets surer. The sum is divided by the geometric mean of the weight that spoke and the weight
 * of all, so that one lone voice never sounds like all five. Confidence is 100 times the answer's size.
 */
export const ensemble: StrategyFactory = {
  description: 'weighted vote of trend, momentum, mean reversion, breakout and volume',
  meaning: { buy: 'the strategies lean to buying', sell: 'the strategies lean to selling' },
  exitsOnSignal: true,
  parameters: {
    trend: amount(1, 0, 10, 'weight of the trend'),
    momentum: amount(1, 0, 10, 'weight of momentum'),
    'mean-reversion': amount(1, 0, 10, 'weight of mean reversion'),
    breakout: amount(1, 0, 10, 'weight of breakouts'),
    volume: amount(0.7, 0, 10, 'weight of volume'),
  },
  create(weights) {
    const members = memberStrategies();
    return {
      warmUp: Math.max(...members.map(({ warmUp }) => warmUp)),
      votes: (candles) => combineVotes(memberVotes(members, candles), weights),
    };
  },
};

export function memberStrategies(): Strategy[] {
  return Object.entries(ENSEMBLE_MEMBERS).map(([name, factory]) => {
    const params = Object.fromEntries(Object.entries(factory.parameters).map(([key, spec]) => [key, spec.default]));
    return { name, params, ...factory.create(params) };
  });
}

export function memberVotes(members: readonly Strategy[], candles: CandleColumns): Map<string, Float64Array> {
  return new Map(members.map((member) => [member.name, member.votes(candles)]));
}

/** NaN where any member still warms up. */
export function combineVotes(
  votes: ReadonlyMap<string, Float64Array>,
  weights: Readonly<Record<string, number>>,
): Float64Array {
  const length = votes.values().next().value?.length ?? 0;
  const stretched = votes.get('mean-reversion') ?? new Float64Array(length);
  const out = new Float64Array(length);
  const voiced = new Float64Array(length);
  let whole = 0;
  for (const [name, column] of votes) {
    const weight = weights[name] ?? 0;
    whole += weight;
    addVotes(out, voiced, column, weight, stretched);
  }
  for (let index = 0; index < length; index++)
    out[index] = voiced[index] === 0 ? 0 : out[index]! / Math.sqrt(voiced[index]! * whole);
  return out;
}

/** A vote against mean reversion's own fades; mean reversion never opposes itself. */
function addVotes(
  lean: Float64Array,
  voiced: Float64Array,
  column: Float64Array,
  weight: number,
  stretched: Float64Array,
): void {
  for (let index = 0; index < column.length; index++) {
    const vote = column[index]!;
    const against = stretched[index]!;
    const share = weight * (vote * against < 0 ? vote * (1 - Math.abs(against)) : vote);
    lean[index] = lean[index]! + share;
    voiced[index] = voiced[index]! + Math.abs(share);
  }
}
