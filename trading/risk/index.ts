import type { Refusal } from '../types.js';
import type { RiskCode } from './codes.js';
import { accountBalance, availableBalance } from './checks/accountBalance.js';
import { apiConnectivity } from './checks/apiConnectivity.js';
import { clockSkew } from './checks/clockSkew.js';
import { confidence } from './checks/confidence.js';
import { correlatedExposure } from './checks/correlatedExposure.js';
import { dailyLoss } from './checks/dailyLoss.js';
import { dataQuality } from './checks/dataQuality.js';
import { drawdown } from './checks/drawdown.js';
import { fleet } from './checks/fleet.js';
import { liveKeys } from './checks/liveKeys.js';
import { losingStreak } from './checks/losingStreak.js';
import { marketVolatility } from './checks/marketVolatility.js';
import { minimumEdge } from './checks/minimumEdge.js';
import { orderThrottle } from './checks/orderThrottle.js';
import { positionLimits } from './checks/positionLimits.js';
import { slippage } from './checks/slippage.js';
import { stopCooldown } from './checks/stopCooldown.js';
import { tradesPerDay } from './checks/tradesPerDay.js';
import { activeSymbols } from './exposure.js';
import type { EntryCandidate, RiskCheck, RiskContext, RiskFinding, RiskVerdict } from './types.js';

export { RISK_CODES } from './codes.js';
export type { RiskCode } from './codes.js';
export type {
  ApprovedEntry,
  EntryCandidate,
  ExchangeHealth,
  RiskCheck,
  RiskContext,
  RiskFinding,
  RiskVerdict,
  RiskWarning,
} from './types.js';
export { byExit, recentTrades, streakReachesBack, tradeReach } from './recentTrades.js';
export { CORRELATION_WINDOW, correlationOf, rollingCorrelation } from './correlation.js';
export type { Correlation, CorrelationSpan, TimedCloses } from './correlation.js';
export { CIRCUIT, CLOSED_CIRCUIT, circuitAllows, circuitStep } from './circuit.js';
export type { CircuitEvent, CircuitState } from './circuit.js';

/** All brakes in the order in which a candidate meets them: the gravest first, so that its refusal is the one shown. */
export const RISK_CHECKS: readonly RiskCheck[] = [
  fleet,
  liveKeys,
  dailyLoss,
  drawdown,
  accountBalance,
  apiConnectivity,
  clockSkew,
  losingStreak,
  tradesPerDay,
  dataQuality,
  marketVolatility,
  stopCooldown,
  confidence,
  positionLimits,
  correlatedExposure,
  orderThrottle,
  availableBalance,
  slippage,
  minimumEdge,
];

/** Asks every account and symbol check; the verdict holds for one cycle. Throws nothing: missing data is a refusal. */
export function runRiskChecks(context: RiskContext): RiskVerdict {
  const symbols = activeSymbols(context);
  const account = accountFindings(context);
  const bySymbol = symbols.map((symbol) => symbolFindings(context, symbol));
  const findings = [...account, ...bySymbol.flat()];

  const halted = account.some(({ effect }) => effect === 'halt');
  const reducing = account.some(({ effect }) => effect === 'reduce');
  // Where no symbol may be entered the account stands still just as much, and should say so.
  const nothingTradable = bySymbol.length > 0 && bySymbol.every((each) => each.some(refuses));
  const riskState = halted || nothingTradable ? 'HALTED' : reducing ? 'REDUCING' : 'ACTIVE';
  return {
    riskState,
    refusals: findings.filter(refuses).map(({ refusal }) => refusal),
    entriesAllowed: riskState === 'ACTIVE',
    emergency: findings.find(({ emergency }) => emergency !== undefined)?.emergency ?? null,
    warnings: findings.filter(({ effect }) => effect !== 'halt' && effect !== 'block').map(toWarning),
  };
}

/**
 * `runRiskChecks(context).entriesAllowed`, and no emergency, without asking about more symbols than it takes: where the
 * account may enter, the first symbol that may be traded is enough.
 */
export function entriesAllowed(context: RiskContext): boolean {
  const account = accountFindings(context);
  if (account.some(({ effect }) => effect === 'halt' || effect === 'reduce')) return false;
  const symbols = activeSymbols(context);
  return symbols.length === 0 || symbols.some((symbol) => !symbolFindings(context, symbol).some(refuses));
}

/** Asks every check about one entry; the first refusal is the answer. Account and symbol checks are asked again. */
export function checkEntry(context: RiskContext, candidate: EntryCandidate): Refusal<RiskCode> | { approved: true } {
  for (const each of RISK_CHECKS) {
    const findings =
      each.scope === 'account'
        ? each.check(context)
        : each.scope === 'symbol'
          ? each.check(context, candidate.symbol)
          : each.check(context, candidate);
    const refused = findings.find(refuses);
    if (refused) return { symbol: candidate.symbol, ...refused.refusal };
  }
  return { approved: true };
}

const accountFindings = (context: RiskContext): RiskFinding[] =>
  RISK_CHECKS.flatMap((each) => (each.scope === 'account' ? each.check(context) : []));

function symbolFindings(context: RiskContext, symbol: string): RiskFinding[] {
  return RISK_CHECKS.flatMap((each) => (each.scope === 'symbol' ? each.check(context, symbol) : []));
}

const refuses = ({ effect }: RiskFinding): boolean => effect !== 'warn';

function toWarning({ refusal }: RiskFinding) {
  const { approved: _approved, ...warning } = refusal;
  return warning;
}
