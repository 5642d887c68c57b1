import { breakout } from './strategies/breakout.js';
import { ensemble } from './strategies/ensemble.js';
import { meanReversion } from './strategies/meanReversion.js';
import { momentum } from './strategies/momentum.js';
import { smaCross } from './strategies/smaCross.js';
import { trend } from './strategies/trend.js';
import { volume } from './strategies/volume.js';
import { resolveParameters, type Strategy, StrategyError, type StrategyFactory } from './strategy.js';

/** Every strategy by the name that users give. A new one is added here and nowhere else. */
export const STRATEGIES = {
  trend,
  momentum,
  'mean-reversion': meanReversion,
  breakout,
  volume,
  ensemble,
  'sma-cross': smaCross,
} satisfies Record<string, StrategyFactory>;

export type StrategyName = keyof typeof STRATEGIES;

export const isStrategyName = (name: string): name is StrategyName => Object.hasOwn(STRATEGIES, name);

/** Throws StrategyError on an unknown name, an unknown parameter or a value out of its range. */
export function createStrategy(name: string, params: Readonly<Record<string, number>> = {}): Strategy {
  if (!isStrategyName(name))
    throw new StrategyError(`there is no strategy "${name}"; there are ${Object.keys(STRATEGIES).join(', ')}`);
  const factory: StrategyFactory = STRATEGIES[name];
  const resolved = resolveParameters(name, factory.parameters, params);
  return { name, params: resolved, ...factory.create(resolved) };
}
