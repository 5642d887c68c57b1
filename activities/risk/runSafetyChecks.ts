/**
 * Step 3: may this account trade, and what of the proposals is entered in which size. Loads what the checks look at and
 * asks trading/risk and trading/entries; decides nothing itself.
 */
import type { StoredConfig } from '../../adapters/database/configRepository.js';
import { planEntries } from '../../trading/entries/index.js';
import { signalExits } from '../../trading/exits/index.js';
import { intentId } from '../../trading/orders/index.js';
import { CORRELATION_WINDOW, correlationOf, runRiskChecks, type RiskContext } from '../../trading/risk/index.js';
import { leadingStrategy } from '../../trading/signals/index.js';
import {
  type CandleColumns,
  type MarketSnapshot,
  type Refusal,
  TIMEFRAME_MS,
  type TradePlan,
} from '../../trading/types.js';
import { accountState, type AccountState } from '../account/accountState.js';
import type { AccountDesk } from '../account/reconcile.js';
import type { CycleReads } from '../cycleReads.js';
import type { ActivityDependencies, Venue } from '../dependencies.js';
import { snapshotOf } from '../market/snapshots.js';
import { putOff } from '../orders/entry.js';
import { isShadow } from '../orders/shadow.js';
import type { Places } from '../orders/slots.js';
import type { EventToSend, SafetyReport, SignalReport, StepInput } from '../types.js';

export async function runSafetyChecks(
  accounts: AccountDesk & { places: Pick<Places, 'promise'> },
  reads: CycleReads,
  input: StepInput & { signals: SignalReport[]; entriesWanted: boolean },
): Promise<SafetyReport> {
  const { userId } = input;
  const { deps } = accounts;
  const config = await reads.settings(input);
  const venue = deps.venue(config.mode);
  const held = await reads.positions(input);
  const symbols = [...new Set([...config.symbols, ...held.map((position) => position.symbol)])];
  const market = await marketOf(
    venue,
    symbols,
    held.map((position) => position.symbol),
    config,
  );
  const account = await accountState(accounts, { userId, config, positions: held, market });
  reads.checked(input, account.view.unresolved === 0);
  const keyProblem = config.mode === 'live' ? await accounts.keys.problem(userId) : null;
  const proposals = input.entriesWanted ? input.signals.filter(mayBeEntered).length : 0;
  const [ordersLastMinute, fleet] = await Promise.all([
    // Only entries are throttled.
    proposals > 0 ? deps.repositories.orders.countSince(userId, new Date(deps.now() - 60_000)) : 0,
    reads.fleet(),
  ]);
  const seen = { config, market, account, ordersLastMinute, fleet, proposals };
  const context = { ...(await riskContext(deps, venue, seen)), keyProblem };
  const verdict = runRiskChecks(context);

  const sells = input.signals.filter((signal) => signal.type === 'SELL' && !signal.rejections?.length);
  const entries =
    input.entriesWanted && verdict.entriesAllowed
      ? await entriesOf({ ...input, venue, context })
      : { plans: [], refusals: [] };
  const emergency = account.pendingStop ?? verdict.emergency;
  const mayEnter = entries.plans.length === 0 || isShadow(config) || emergency || accounts.places.promise(userId);
  return {
    riskState: verdict.riskState,
    refusals: unique([...verdict.refusals, ...entries.refusals]),
    ...(mayEnter ? { plans: entries.plans } : { plans: [], putOff: entries.plans.map(putOff) }),
    exits: signalExits(sells, account.positions),
    emergency,
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
  seen: {
    config: StoredConfig;
    market: MarketNow;
    account: AccountState;
    ordersLastMinute: number;
    fleet: { halted: boolean };
    proposals: number;
  },
): Promise<RiskContext> {
  const { config, market, account, ordersLastMinute, fleet, proposals } = seen;
  const now = deps.now();
  const candles: Record<string, CandleColumns> = {};
  // Two that are entered in one cycle may be one bet as well.
  if (account.positions.length > 0 || proposals > 1)
    for (const symbol of Object.keys(market.snapshots))
      candles[symbol] = await venue.market.candles(symbol, config.timeframe);
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
    recentTrades: account.recentTrades,
    market: (symbol) => market.snapshots[symbol],
    correlation: correlationOf((symbol) => candles[symbol], {
      step: TIMEFRAME_MS[config.timeframe],
      window: CORRELATION_WINDOW,
    }),
    exchange,
    circuit: exchange.circuit,
    ordersLastMinute,
    fleetHalted: fleet.halted,
  };
}

interface Planning extends StepInput {
  signals: readonly SignalReport[];
  venue: Venue;
  context: RiskContext;
}

type Entry = SignalReport & Required<Pick<SignalReport, 'levels'>>;

const mayBeEntered = (signal: SignalReport): signal is Entry =>
  signal.type === 'BUY' && !signal.rejections?.length && signal.levels !== undefined;

async function entriesOf({ userId, cycle, signals, venue, context }: Planning): Promise<{
  plans: TradePlan[];
  refusals: Refusal[];
}> {
  const rules = await venue.exchange.market.symbolRules();
  const proposals = signals
    .filter(mayBeEntered)
    .map((signal) => ({ ...signal, signalPrice: signal.levels.entryPrice }));
  const { plans, refusals } = planEntries(context, proposals, (symbol) => rules.get(symbol));
  return {
    refusals,
    plans: plans.map(({ proposal, quantity, referencePrice, stopPrice, targetPrice, stopLossPct, takeProfitPct }) => ({
      approved: true,
      intentId: intentId({ userId, cycle, symbol: proposal.symbol, purpose: 'ENTRY', epoch: proposal.candleTime }),
      symbol: proposal.symbol,
      quantity,
      referencePrice,
      stopPrice,
      targetPrice,
      stopLossPct,
      takeProfitPct,
      signalId: proposal.signalId,
      confidence: proposal.confidence,
      strategy: 'ensemble',
      leadingStrategy: leadingStrategy(proposal.votes ?? {}, 1),
    })),
  };
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
