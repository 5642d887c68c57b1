import type { CandleColumns } from '../../types.js';
import { type SharedIndicators, sharedIndicators } from '../shared.js';
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
    const combine = combiner(members, weights);
    return {
      warmUp: Math.max(...members.map(({ warmUp }) => warmUp)),
      votes: (candles, shared) => combineVotes(memberVotes(members, candles, shared), weights),
      stream() {
        const streams = members.map((member) => member.stream());
        const votes = members.map(() => new Float64Array(1));
        return (open, high, low, close, volume) => {
          streams.forEach((vote, member) => (votes[member]![0] = vote(open, high, low, close, volume)));
          return combine(votes, 0);
        };
      },
    };
  },
};

export function memberStrategies(): Strategy[] {
  return Object.entries(ENSEMBLE_MEMBERS).map(([name, factory]) => {
    const params = Object.fromEntries(Object.entries(factory.parameters).map(([key, spec]) => [key, spec.default]));
    return { name, params, ...factory.create(params) };
  });
}

export function memberVotes(
  members: readonly Strategy[],
  candles: CandleColumns,
  shared: SharedIndicators = sharedIndicators(candles),
): Map<string, Float64Array> {
  return new Map(members.map((member) => [member.name, member.votes(candles, shared)]));
}

/** NaN where any member still warms up. */
export function combineVotes(
  votes: ReadonlyMap<string, Float64Array>,
  weights: Readonly<Record<string, number>>,
): Float64Array {
  const columns = [...votes.values()];
  const combine = combiner(
    [...votes.keys()].map((name) => ({ name })),
    weights,
  );
  const out = new Float64Array(columns[0]?.length ?? 0);
  for (let index = 0; index < out.length; index++) out[index] = combine(columns, index);
  return out;
}

/** Of one candle's votes in the members' order. Mean reversion fades what is against it, and never opposes itself. */
function combiner(
  members: readonly { name: string }[],
  weights: Readonly<Record<string, number>>,
): (votes: readonly Float64Array[], index: number) => number {
  const own = members.map(({ name }) => weights[name] ?? 0);
  const whole = own.reduce((sum, weight) => sum + weight, 0);
  const fader = members.findIndex(({ name }) => name === 'mean-reversion');
  return (votes, index) => {
    const stretched = fader < 0 ? 0 : votes[fader]![index]!;
    let lean = 0;
    let voiced = 0;
    for (let member = 0; member < own.length; member++) {
      const vote = votes[member]![index]!;
      const share = own[member]! * (vote * stretched < 0 ? vote * (1 - Math.abs(stretched)) : vote);
      lean += share;
      voiced += Math.abs(share);
    }
    return voiced === 0 ? 0 : lean / Math.sqrt(voiced * whole);
  };
}
