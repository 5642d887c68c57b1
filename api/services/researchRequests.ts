/** What a backtest, a search or a training asks for and cannot have. The run's own plan checks the same, and its candles. */
import { type Setup, setupProblems } from '../../trading/signals/index.js';
import type { ApiDependencies } from '../dependencies.js';
import type { FieldError } from '../http/problem.js';
import { unlisted } from './market.js';

export interface RunRequest extends Setup {
  from?: Date | undefined;
  to?: Date | undefined;
}

/** Every wrong field with what would be right. */
export function wrongFields({ from, to, ...setup }: RunRequest): FieldError[] {
  const isReversed = from && from.getTime() >= (to?.getTime() ?? Infinity);
  return [...setupProblems(setup), ...(isReversed ? [{ path: 'from', message: 'must be before to' }] : [])];
}

/** An exchange that does not answer keeps nobody from asking: the run itself is told then. */
export async function wrongSymbol(venue: ApiDependencies['venue'], symbol: string): Promise<FieldError[]> {
  const ask = async () => unlisted(venue('paper'), [symbol], () => 'symbol');
  return ask().catch(() => []);
}
