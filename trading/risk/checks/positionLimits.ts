import { exposure, notionalOf, openPositions, percentOfEquity, quoteOf } from '../exposure.js';
import { finding } from '../finding.js';
import type { EntryCandidate, RiskCheck, RiskContext, RiskFinding } from '../types.js';

/** How many positions, how many in one symbol, how much of the equity, and how much of live's capital. */
export const positionLimits: RiskCheck = {
  name: 'positionLimits',
  codes: ['MAX_POSITIONS', 'MAX_POSITIONS_PER_SYMBOL', 'MAX_EXPOSURE', 'LIVE_CAPITAL_CAP'],
  scope: 'entry',
  check: (context, candidate) => [...countLimits(context, candidate), ...valueLimits(context, candidate)],
};

function countLimits(context: RiskContext, { symbol, thisCycle = [] }: EntryCandidate): RiskFinding[] {
  const { maxPositions, risk } = context.config;
  const open = openPositions(context);
  const all = open.length + thisCycle.length + 1;
  if (all > maxPositions)
    return [finding('block', 'MAX_POSITIONS', { symbol, limit: maxPositions, actual: all, unit: 'positions' })];
  const here = [...open, ...thisCycle].filter((each) => each.symbol === symbol).length + 1;
  if (here > risk.maxPositionsPerSymbol) {
    const measured = { symbol, limit: risk.maxPositionsPerSymbol, actual: here, unit: 'positions' };
    return [finding('block', 'MAX_POSITIONS_PER_SYMBOL', measured)];
  }
  return [];
}

function valueLimits(context: RiskContext, { symbol, notional, thisCycle = [] }: EntryCandidate): RiskFinding[] {
  const { mode, risk } = context.config;
  const value = exposure(context) + notionalOf(thisCycle) + notional;
  const percent = percentOfEquity(context, value);
  if (percent > risk.maxExposurePct)
    return [finding('block', 'MAX_EXPOSURE', { symbol, limit: risk.maxExposurePct, actual: percent, unit: '%' })];
  if (mode === 'live' && risk.liveCapitalCap > 0 && value > risk.liveCapitalCap) {
    const measured = { symbol, limit: risk.liveCapitalCap, actual: value, unit: quoteOf(symbol) };
    return [finding('block', 'LIVE_CAPITAL_CAP', measured)];
  }
  return [];
}
