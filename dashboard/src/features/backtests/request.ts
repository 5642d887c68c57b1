import type { StrategyName } from '../../../../trading/signals/registry.js';
import { toNumber } from '../../format/format.js';
import type { RunKind } from './runs.js';

export interface RunForm {
  strategy: StrategyName;
  symbol: string;
  timeframe: string;
  /** `2024-08-01` or empty. */
  from: string;
  to: string;
  cash: number;
  sizePct: number;
  feePct: number;
  slippagePct: number;
  stopLossPct: number;
  takeProfitPct: number;
  params: Record<string, string>;
}

export const INITIAL: RunForm = {
  strategy: 'ensemble',
  symbol: '',
  timeframe: '5m',
  from: '',
  to: '',
  cash: 10_000,
  sizePct: 100,
  feePct: 0.1,
  slippagePct: 0,
  stopLossPct: 1,
  takeProfitPct: 2,
  params: {},
};

/** The form as POST /api/backtests or /api/searches takes it; empty dates and parameters are left to the server. */
export function requestOf(kind: RunKind, { params, from, to, ...rest }: RunForm): Record<string, unknown> {
  const typed = Object.entries(params).filter(([, value]) => value.trim() !== '');
  return {
    ...rest,
    ...(from ? { from: `${from}T00:00:00.000Z` } : {}),
    // The last day counts to its end.
    ...(to ? { to: `${to}T23:59:59.999Z` } : {}),
    ...(kind === 'backtests'
      ? { params: Object.fromEntries(typed.map(([name, value]) => [name, toNumber(value) ?? value])) }
      : {
          grid: Object.fromEntries(
            typed.map(([name, value]) => [name, value.split(',').map((part) => Number(part.trim()))]),
          ),
        }),
  };
}
