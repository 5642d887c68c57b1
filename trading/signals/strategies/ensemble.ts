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
 * The weighted vote of all strategies, -1 to 1. Only those with an opinion are averaged, and the answer shrinks with the
 * square root of the weight that took part: one lone voice never sounds like all five. Confidence is 100 times its size.
 */
export const ensemble: StrategyFactory = {
  description: 'weighted vote of trend, momentum, mean reversion, breakout and volume',
  meaning: { buy: 'the strategies lean to buying', sell: 'the strategies lean to selling' },
  exitsOnSignal: true,
  parameters: {
    trend: amount(1, 0, 10, 'weight of the trend'),
    momentum: amount(1, 0, 10, 'weight of momentum'),
    'mean-reversion': amount(0.8, 0, 10, 'weight of mean reversion'),
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
  const columns = [...votes.values()];
  const shares = [...votes.keys()].map((name) => weights[name] ?? 0);
  const whole = shares.reduce((sum, share) => sum + share, 0);
  const out = new Float64Array(columns[0]?.length ?? 0);
  for (let index = 0; index < out.length; index++) {
    let lean = 0;
    let heard = 0;
    for (let member = 0; member < columns.length; member++) {
      const vote = columns[member]![index]!;
      lean += shares[member]! * vote;
      if (vote !== 0) heard += shares[member]!;
    }
    out[index] = heard === 0 ? 0 : (lean / heard) * Math.sqrt(heard / whole);
  }
  return out;
}
