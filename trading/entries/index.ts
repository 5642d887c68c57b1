/** Which proposals become entries and in which size: live's `runSafetyChecks` and the backtest ask the same functions. */
import { checkProtectionFilters, protectionLevels } from '../orders/protection.js';
import { type ApprovedEntry, checkEntry, type RiskContext } from '../risk/index.js';
import type { RiskCode } from '../risk/codes.js';
import { exposure, notionalOf } from '../risk/exposure.js';
import { MODES } from '../sizing/modes.js';
import { sizeEntry } from '../sizing/index.js';
import type { MarketSnapshot, Refusal, SymbolRules } from '../types.js';

/** A BUY that was judged worth acting upon. */
export interface EntryProposal {
  symbol: string;
  /** Integer 0 to 100. */
  confidence: number;
  /** The price at which the signal was given. */
  signalPrice: number;
  /** Of target before stop, 0 to 1, where a model gave one. */
  probability?: number;
}

/** An entry to be sent. Decimal strings: quantity in base, on step; levels on tick; prices and notional in quote. */
export interface PlannedEntry<Proposal extends EntryProposal = EntryProposal> {
  approved: true;
  proposal: Proposal;
  quantity: string;
  referencePrice: string;
  stopPrice: string;
  targetPrice: string;
  /** Exact distances of the levels from the entry, percent: they are measured again from its fill. */
  stopLossPct: number;
  takeProfitPct: number;
  notional: string;
}

export interface PlannedEntries<Proposal extends EntryProposal> {
  plans: PlannedEntry<Proposal>[];
  refusals: Refusal<RiskCode>[];
}

/** Beyond what the mode enters in one cycle, so many more are asked: those before them may be refused. */
const SPARE_PROPOSALS = 3;

/**
 * The surest proposals first (of equal ones the first given); each approved one counts for the next. A symbol without
 * market data or filters is left out: collecting the data has said why.
 */
export function planEntries<Proposal extends EntryProposal>(
  context: RiskContext,
  proposals: readonly Proposal[],
  rulesOf: (symbol: string) => SymbolRules | undefined,
): PlannedEntries<Proposal> {
  const most = MODES[context.config.tradingMode].maxEntriesPerCycle + SPARE_PROPOSALS;
  const surest = [...proposals].sort((a, b) => b.confidence - a.confidence).slice(0, most);
  const plans: PlannedEntry<Proposal>[] = [];
  const refusals: Refusal<RiskCode>[] = [];
  const before: ApprovedEntry[] = []; // they count against every limit
  for (const proposal of surest) {
    const rules = rulesOf(proposal.symbol);
    const snapshot = context.market(proposal.symbol);
    if (!rules || !snapshot) continue;
    const outcome = planEntry(context, proposal, rules, snapshot, before);
    if (!outcome.approved) refusals.push(outcome);
    else {
      plans.push(outcome);
      before.push({ symbol: proposal.symbol, notional: Number(outcome.notional) });
    }
  }
  return { plans, refusals };
}

/** Size, risk and the filters of the protection, in this order; the first refusal is the answer. */
function planEntry<Proposal extends EntryProposal>(
  context: RiskContext,
  proposal: Proposal,
  rules: SymbolRules,
  snapshot: MarketSnapshot,
  before: readonly ApprovedEntry[],
): PlannedEntry<Proposal> | Refusal<RiskCode> {
  const { config, account } = context;
  const feeRate = rules.takerFee;
  const price = snapshot.ask;
  const levels = protectionLevels({ entryPrice: price, config, rules });
  const sized = sizeEntry({
    equity: account.equity,
    freeQuote: account.cash - notionalOf(before) * (1 + feeRate),
    price,
    stopPrice: levels.stopPrice,
    atrPct: snapshot.atrPct,
    config,
    rules,
    exposureNow: exposure(context) + notionalOf(before),
    feeRate,
  });
  if (!sized.approved) return sized;
  const allowed = checkEntry(context, {
    symbol: proposal.symbol,
    price,
    signalPrice: proposal.signalPrice,
    stopPrice: Number(levels.stopPrice),
    targetPrice: Number(levels.targetPrice),
    notional: Number(sized.notional),
    confidence: proposal.confidence,
    probability: proposal.probability,
    feeRate,
    thisCycle: before,
  });
  if (!allowed.approved) return allowed;
  const { quantity, notional } = sized;
  const protection = checkProtectionFilters({ quantity, ...levels, rules, lastPrice: snapshot.price, feeRate });
  if (!protection.approved) return protection;
  const { stopLossPct, takeProfitPct } = config;
  const planned = { referencePrice: String(price), ...levels, stopLossPct, takeProfitPct };
  return { approved: true, proposal, quantity, ...planned, notional };
}
