import { createStrategy, isStrategyName, STRATEGIES } from './registry.js';
import { resolveParameters, StrategyError, type StrategyFactory } from './strategy.js';

/** What a backtest tries once, or a search in combinations. */
export interface Setup {
  strategy: string;
  params?: Readonly<Record<string, number>> | undefined;
  /** Values to try by parameter; stopLossPct and takeProfitPct, percent, may be among them. */
  grid?: Readonly<Record<string, readonly number[]>> | undefined;
}

export interface SetupProblem {
  /** Such as `params.fast` or `grid.slow.2`. */
  path: string;
  message: string;
}

/** Every wrong value by itself, and whether the parameters exclude each other; which of a grid's do is told by the trial. */
export function setupProblems({ strategy, params = {}, grid = {} }: Setup): SetupProblem[] {
  const problems: SetupProblem[] = [];
  const check = (path: string, work: () => unknown): void => {
    try {
      work();
    } catch (error) {
      if (!(error instanceof StrategyError)) throw error;
      problems.push({ path, message: error.message });
    }
  };
  if (!isStrategyName(strategy)) {
    check('strategy', () => createStrategy(strategy));
    return problems;
  }
  const { parameters }: StrategyFactory = STRATEGIES[strategy];
  const alone = (name: string, value: number) => () => resolveParameters(strategy, parameters, { [name]: value });
  for (const [name, value] of Object.entries(params)) check(`params.${name}`, alone(name, value));
  if (problems.length === 0) check('params', () => createStrategy(strategy, params));
  for (const [name, values] of Object.entries(grid)) {
    const below = LEVEL_BELOW[name];
    if (values.length === 0) problems.push({ path: `grid.${name}`, message: `grid: ${name} has no values` });
    values.forEach((value, index) => {
      const path = `grid.${name}.${index}`;
      if (below === undefined) check(path, alone(name, value));
      else if (!(value > 0 && value < below))
        problems.push({ path, message: `grid: ${name} must be a percentage above 0, not ${value}` });
    });
  }
  return problems;
}

/** No strategy's own; percent. */
const LEVEL_BELOW: Readonly<Record<string, number>> = { stopLossPct: 100, takeProfitPct: 1_000 };
