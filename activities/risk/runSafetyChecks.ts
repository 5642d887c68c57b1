/**
 * Step 3: may this account trade, and what of the proposals is entered in which size. Loads what the checks look at and
 * asks trading/risk and trading/sizing; decides nothing itself.
 */
import type { StoredConfig } from '../../adapters/database/configRepository.js';
import { checkProtectionFilters, intentId, protectionLevels } from '../../trading/orders/index.js';
import { checkEntry, correlationMatrix, runRiskChecks, type RiskContext } from '../../trading/risk/index.js';
import { MODES, sizeEntry } from '../../trading/sizing/index.js';
import type { ClosedTrade, MarketSnapshot, Refusal, SymbolRules, TradePlan } from '../../trading/types.js';
import { accountState, type AccountState } from '../account/accountState.js';
import type { AccountDesk } from '../account/reconcile.js';
import type { ActivityDependencies, Venue } from '../dependencies.js';
import { settingsOf } from '../market/collectMarketData.js';
import { snapshotOf } from '../market/snapshots.js';
import type { EventToSend, ExitPlan, SafetyReport, SignalReport, StepInput } from '../types.js';

const CORRELATION_WINDOW = 200;

export async function runSafetyChecks(
  accounts: AccountDesk,
  input: StepInput & { signals: SignalReport[]; entriesWanted: boolean },
): Promise<SafetyReport> {
  const { userId } = input;
  const { deps } = accounts;
  const config = await settingsOf(deps, userId);
  const venue = deps.venue(config.mode);
  const held = await deps.repositories.positions.open(userId);
  const symbols = [...new Set([...config.symbols, ...held.map((position) => position.symbol)])];
  const market = await marketOf(
    venue,
    symbols,
    held.map((position) => position.symbol),
    config,
  );
  const account = await accountState(accounts, userId, config, market);
  const keyProblem = config.mode === 'live' ? await accounts.keys.problem(userId) : null;
  const context = { ...(await riskContext(deps, venue, userId, config, market, account)), keyProblem };
  const verdict = runRiskChecks(context);

  const exits = exitsOf(input.signals, account);
  const entries =
    input.entriesWanted && verdict.entriesAllowed
      ? await planEntries({ ...input, config, venue, context, account })
      : { plans: [], refusals: [] };
  return {
    riskState: verdict.riskState,
    refusals: unique([...verdict.refusals, ...entries.refusals]),
    plans: entries.plans,
    exits,
    emergency: verdict.emergency,
    account: account.view,
    day: account.day.key,
    events: warningEvents(userId, verdict.warnings, account),
    ...(account.attention ? { attention: true as const } : {}),
  };
}

interface MarketNow {
  prices: Record<string, number>;
  marketTime: number;
  snapshots: Record<string, MarketSnapshot>;
}

/** Snapshots of all symbols; a symbol that is held must have one, the others may be missing. */
async function marketOf(venue: Venue, symbols: string[], needed: string[], config: StoredConfig): Promise<MarketNow> {
  const snapshots: Record<string, MarketSnapshot> = {};
  await Promise.all(
    symbols.map(async (symbol) => {
      try {
        snapshots[symbol] = await snapshotOf(venue, symbol, config.timeframe);
      } catch (error) {
        if (needed.includes(symbol)) throw error;
      }
    }),
  );
  const all = Object.values(snapshots);
  return {
    snapshots,
    prices: Object.fromEntries(all.map((snapshot) => [snapshot.symbol, snapshot.price])),
    marketTime: all.reduce((latest, snapshot) => Math.max(latest, snapshot.marketTime), 0),
  };
}

async function riskContext(
  deps: ActivityDependencies,
  venue: Venue,
  userId: string,
  config: StoredConfig,
  market: MarketNow,
  account: AccountState,
): Promise<RiskContext> {
  const now = deps.now();
  const [ordersLastMinute, fleet] = await Promise.all([
    deps.repositories.orders.countSince(userId, new Date(now - 60_000)),
    deps.repositories.flags.fleet(),
  ]);
  const closes: Record<string, Float64Array> = {};
  if (account.positions.length > 0)
    for (const symbol of Object.keys(market.snapshots))
      closes[symbol] = (await venue.market.candles(symbol, config.timeframe)).close;
  const exchange = venue.exchange.health();
  return {
    now: market.marketTime,
    realNow: now,
    config,
    account: {
      equity: account.explainedEquity,
      cash: account.freeQuote,
      reserved: 0,
      unexplained: account.unexplained,
    },
    day: account.day,
    peakEquity: account.peakEquity,
    positions: account.positions,
    recentTrades: account.closedToday.map(
      (trade): ClosedTrade => ({
        positionId: trade.positionId,
        symbol: trade.symbol,
        entryTime: trade.entryTime.getTime(),
        entryPrice: String(trade.entryPrice),
        exitTime: trade.exitTime.getTime(),
        exitPrice: String(trade.exitPrice),
        quantity: String(trade.quantity),
        fees: String(trade.fees),
        pnl: String(trade.pnl),
        pnlPct: trade.pnlPct,
        exitReason: trade.exitReason,
      }),
    ),
    marketBySymbol: market.snapshots,
    correlations: correlationMatrix(closes, CORRELATION_WINDOW),
    exchange,
    circuit: exchange.circuit,
    ordersLastMinute,
    fleetHalted: fleet.halted,
  };
}

interface Planning extends StepInput {
  signals: SignalReport[];
  config: StoredConfig;
  venue: Venue;
  context: RiskContext;
  account: AccountState;
}

/** The best proposals first; each approved one counts for the next. */
async function planEntries(planning: Planning): Promise<{ plans: TradePlan[]; refusals: Refusal[] }> {
  const { signals, config, venue, context, account } = planning;
  const rules = await venue.exchange.market.symbolRules();
  const buys = signals
    .filter((signal) => signal.type === 'BUY' && !signal.rejections?.length)
    .sort((a, b) => b.confidence - a.confidence);
  const plans: TradePlan[] = [];
  const refusals: Refusal[] = [];
  let notional = 0;
  for (const signal of buys.slice(0, MODES[config.tradingMode].maxEntriesPerCycle + 3)) {
    const ofSymbol = rules.get(signal.symbol);
    const snapshot = context.marketBySymbol[signal.symbol];
    if (!ofSymbol || !snapshot || !signal.levels) continue;
    const outcome = planEntry(planning, signal, ofSymbol, snapshot, {
      count: plans.length,
      notional,
      exposure: account.view.positionsValue + notional,
    });
    if (!outcome.approved) refusals.push(outcome);
    else {
      plans.push(outcome.plan);
      notional += outcome.notional;
    }
  }
  return { plans, refusals };
}

function planEntry(
  { userId, cycle, config, context, account }: Planning,
  signal: SignalReport,
  rules: SymbolRules,
  snapshot: MarketSnapshot,
  before: { count: number; notional: number; exposure: number },
): { approved: true; plan: TradePlan; notional: number } | Refusal {
  const levels = protectionLevels({ entryPrice: snapshot.ask, config, rules });
  const feeRate = rules.takerFee;
  const sized = sizeEntry({
    equity: account.view.equity,
    freeQuote: account.freeQuote - before.notional * (1 + feeRate),
    price: snapshot.ask,
    stopPrice: levels.stopPrice,
    atrPct: snapshot.atrPct,
    config,
    rules,
    exposureNow: before.exposure,
    feeRate,
  });
  if (!sized.approved) return sized;
  const notional = Number(sized.notional);
  const allowed = checkEntry(context, {
    symbol: signal.symbol,
    price: snapshot.ask,
    signalPrice: signal.levels!.entryPrice,
    stopPrice: Number(levels.stopPrice),
    targetPrice: Number(levels.targetPrice),
    notional,
    confidence: signal.confidence,
    probability: signal.probability,
    feeRate,
    entriesThisCycle: before.count,
    notionalThisCycle: before.notional,
  });
  if (!allowed.approved) return allowed;
  const protection = checkProtectionFilters({
    quantity: sized.quantity,
    ...levels,
    rules,
    lastPrice: snapshot.price,
    feeRate,
  });
  if (!protection.approved) return protection;
  const plan: TradePlan = {
    approved: true,
    intentId: intentId({ userId, cycle, symbol: signal.symbol, purpose: 'ENTRY', epoch: signal.candleTime }),
    symbol: signal.symbol,
    quantity: sized.quantity,
    referencePrice: String(snapshot.ask),
    ...levels,
    signalId: signal.signalId,
    confidence: signal.confidence,
  };
  return { approved: true, plan, notional };
}

/** A SELL asks to leave a holding that was there before its candle closed. */
function exitsOf(signals: readonly SignalReport[], account: AccountState): ExitPlan[] {
  const sells = signals.filter((signal) => signal.type === 'SELL' && !signal.rejections?.length);
  return sells.flatMap((signal) =>
    account.positions
      .filter((position) => position.symbol === signal.symbol && position.entryTime < signal.candleTime)
      .map((position) => ({ positionId: position.id, symbol: position.symbol, reason: 'signal' as const })),
  );
}

function warningEvents(
  userId: string,
  warnings: readonly { code: string; limit: number; actual: number }[],
  account: AccountState,
): EventToSend[] {
  const near = warnings.find((warning) => warning.code === 'DAILY_LOSS_NEAR');
  if (!near) return [];
  const data = { lossPct: account.view.dailyPnlPct, limitPct: near.limit, dailyPnl: account.view.dailyPnl };
  return [{ eventId: `daily-loss-warning-${userId}-${account.day.key}`, type: 'DAILY_LOSS_WARNING', data }];
}

/** One line for each code and symbol. */
function unique(refusals: readonly Refusal[]): Refusal[] {
  const byKey = new Map(refusals.map((refusal) => [`${refusal.code}:${refusal.symbol ?? ''}`, refusal]));
  return [...byKey.values()].slice(0, 12);
}
