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
  const columns = [...votes.values()];
  const shares = [...votes.keys()].map((name) => weights[name] ?? 0);
  const reversion = [...votes.keys()].indexOf('mean-reversion');
  const whole = shares.reduce((sum, share) => sum + share, 0);
  const out = new Float64Array(columns[0]?.length ?? 0);
  for (let index = 0; index < out.length; index++) {
    const stretched = columns[reversion]?.[index] ?? 0;
    let lean = 0;
    let voiced = 0;
    for (let member = 0; member < columns.length; member++) {
      const vote = columns[member]![index]!;
      const chasing = member !== reversion && vote * stretched < 0;
      const share = shares[member]! * (chasing ? vote * (1 - Math.abs(stretched)) : vote);
      lean += share;
      voiced += Math.abs(share);
    }
    out[index] = voiced === 0 ? 0 : lean / Math.sqrt(voiced * whole);
  }
  return out;
}
