/** What a backtest, a search or a training asks for and cannot have. The run's own plan checks the same, and its candles. */
import {
  createStrategy,
  isStrategyName,
  resolveParameters,
  STRATEGIES,
  StrategyError,
  type StrategyFactory,
} from '../../trading/signals/index.js';
import type { ApiDependencies } from '../dependencies.js';
import type { FieldError } from '../http/problem.js';
import { unlisted } from './market.js';

export interface RunRequest {
  strategy: string;
  params?: Record<string, number> | undefined;
  grid?: Record<string, number[]> | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
}

/** Every wrong field with what would be right. */
export function wrongFields({ strategy, params = {}, grid = {}, from, to }: RunRequest): FieldError[] {
  const wrong: FieldError[] = [];
  const check = (path: string, work: () => unknown): void => {
    try {
      work();
    } catch (error) {
      if (!(error instanceof StrategyError)) throw error;
      wrong.push({ path, message: error.message });
    }
  };
  if (isStrategyName(strategy)) {
    const { parameters }: StrategyFactory = STRATEGIES[strategy];
    const alone = (name: string, value: number) => () => resolveParameters(strategy, parameters, { [name]: value });
    for (const [name, value] of Object.entries(params)) check(`params.${name}`, alone(name, value));
    // Each may be right by itself and all of them together wrong.
    if (wrong.length === 0) check('params', () => createStrategy(strategy, params));
    for (const [name, values] of Object.entries(grid))
      if (!LEVELS.has(name)) values.forEach((value, index) => check(`grid.${name}.${index}`, alone(name, value)));
  } else check('strategy', () => createStrategy(strategy));
  if (from && from.getTime() >= (to?.getTime() ?? Infinity)) wrong.push({ path: 'from', message: 'must be before to' });
  return wrong;
}

/** Not the strategy's own; the plan looks at their values. */
const LEVELS = new Set(['stopLossPct', 'takeProfitPct']);

/** An exchange that does not answer keeps nobody from asking: the run itself is told then. */
export async function wrongSymbol(venue: ApiDependencies['venue'], symbol: string): Promise<FieldError[]> {
  const ask = async () => unlisted(venue('paper'), [symbol]);
  const wrong = await ask().catch(() => []);
  return wrong.map(() => ({ path: 'symbol', message: `${symbol} is not listed by the exchange` }));
}
