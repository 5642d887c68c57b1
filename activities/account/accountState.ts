/**
 * What an account is worth and what it made today. Profit and loss come from the product's own trades and positions
 * only (trading/pnl/accountDay.ts); what others moved is recognised (./reconcile.ts) and kept out of both.
 */
import type { StoredConfig } from '../../adapters/database/configRepository.js';
import type { StoredBaseline } from '../../adapters/database/documents.js';
import type { StoredPosition } from '../../adapters/database/positionsRepository.js';
import { pendingStopOf } from '../../adapters/database/statusRepository.js';
import { decimal } from '../../trading/orders/index.js';
import {
  type AccountDay,
  costOf,
  type CountedUnits,
  countUnits,
  dayKey,
  firstDayOf,
  followAccount,
  valuation,
} from '../../trading/pnl/index.js';
import { capitalOf, remaindersWorth } from '../../trading/reconcile/index.js';
import type { ClosedTrade, EmergencyRequest } from '../../trading/types.js';
import type { AccountView } from '../types.js';
import { type AccountDesk, explainAccount } from './reconcile.js';
import { tradesSeen } from './tradesSeen.js';

export interface AccountState {
  view: AccountView;
  positions: StoredPosition[];
  day: { key: string; openingEquity: number; pnl: number; pnlPct: number; tradesToday: number };
  /** What the pauses after stops and losses look at, oldest first. */
  recentTrades: ClosedTrade[];
  peakEquity: number;
  /** Without what nobody has explained yet: a withdrawal that is not recognised yet is no drawdown. */
  explainedEquity: number;
  freeQuote: number;
  /** A change of the quote asset that nothing explains yet, quote units. */
  unexplained: number;
  /** Something of ours was found on the exchange: the positions are to be looked after. */
  attention: boolean;
  /** A stop of everybody that halted this user and that the user's workflow has not taken. */
  pendingStop: EmergencyRequest | null;
}

export async function accountState(
  desk: AccountDesk,
  looked: {
    userId: string;
    config: StoredConfig;
    positions: StoredPosition[];
    market: { prices: Record<string, number>; marketTime: number };
  },
): Promise<AccountState> {
  const { userId, config, positions, market } = looked;
  const { repositories } = desk.deps;
  const { mode, symbols } = config;
  const { marketTime } = market;
  const [status, unresolved] = await Promise.all([
    repositories.status.get(userId),
    repositories.orders.unresolvedByUser(userId),
  ]);
  const quiet = unresolved.length === 0;
  const account = await explainAccount(desk, { userId, mode, symbols, positions, marketTime, quiet });
  const quote = symbols[0]?.split('/')[1] ?? 'USDT';
  const held = account.balances.find((balance) => balance.asset === quote);
  const cash = Number(held?.free ?? 0) + Number(held?.locked ?? 0);
  const worth = valuation({ cash, positions, prices: market.prices });
  const { book, balances } = account;
  const left = book ? remaindersWorth(book, { balances, positions, prices: market.prices, quote }) : 0;

  const key = dayKey(marketTime, config.timeZone);
  const stored = status?.baseline ?? null;
  const known = stored && (stored.mode ?? mode) === mode ? stored : null;
  const firstDay = firstDayOf(known, key);
  const { risk } = config;
  const { ofDays, recent } = await tradesSeen(repositories.trades, { userId, mode, firstDay, marketTime, risk });
  const day = followAccount(known, {
    day: key,
    equity: worth.equity,
    open: positions.map((position) => ({ id: position.id, pnl: positionPnl(position, market.prices) })),
    trades: ofDays,
    recognised: account.book ? (capitalOf(account.book)[quote] ?? '0') : known?.recognised,
  });
  const { explainedEquity, transfer } = day;
  const units = countUnits(known?.units, { equity: explainedEquity, transfer, marketTime });
  const baseline = { ...day.baseline, mode, units: { count: units.count, since: units.since } };
  if (changed(known, baseline)) await repositories.status.setBaseline(userId, baseline);

  const closedToday = ofDays.filter(({ day: closedOn }) => closedOn === key);
  const isToday = (time: number): boolean => dayKey(time, config.timeZone) === key;
  const tradesToday =
    positions.filter(({ entryTime }) => isToday(entryTime)).length +
    closedToday.filter(({ entryTime }) => isToday(entryTime.getTime())).length;
  return {
    view: viewOf({ worth, left, cash, day, units, positions, tradesToday, unresolved: unresolved.length }),
    positions,
    day: { key, openingEquity: baseline.dayStartEquity, pnl: day.dailyPnl, pnlPct: day.dailyPnlPct, tradesToday },
    recentTrades: recent,
    peakEquity: baseline.peakEquity,
    explainedEquity,
    freeQuote: Number(held?.free ?? 0),
    unexplained: Number(account.unexplained[quote] ?? 0),
    attention: account.attention,
    pendingStop: pendingStopOf(status),
  };
}

function viewOf(found: {
  worth: ReturnType<typeof valuation>;
  /** Worth of the remainders, quote units. */
  left: number;
  cash: number;
  day: AccountDay;
  units: CountedUnits;
  positions: readonly StoredPosition[];
  tradesToday: number;
  unresolved: number;
}): AccountView {
  const { worth, left, cash, day, units, positions, tradesToday, unresolved } = found;
  const entryFees = positions.reduce((sum, position) => sum + Number(position.entryFee), 0);
  return {
    equity: rounded(worth.equity + left),
    cash: rounded(cash),
    positionsValue: rounded(worth.positionsValue + left),
    realizedPnl: rounded(day.realizedPnl),
    unrealizedPnl: rounded(worth.unrealizedPnl),
    fees: rounded(day.fees + entryFees),
    dailyPnl: rounded(day.dailyPnl),
    dailyPnlPct: rounded(day.dailyPnlPct),
    drawdownPct: rounded(day.drawdownPct),
    unitValue: Number(units.value.toPrecision(12)),
    unitsSince: units.since,
    openPositions: positions.length,
    tradesToday,
    unresolved,
  };
}

/** Realised parts and what the rest would bring at this price, net of the entry's fees. */
function positionPnl(position: StoredPosition, prices: Record<string, number>): number {
  const price = prices[position.symbol];
  if (price === undefined) throw new Error(`no price for ${position.symbol}, of which ${position.quantity} is held`);
  const quantity = decimal(position.quantity);
  return quantity.times(price).minus(costOf(position, quantity)).plus(position.realizedPnl).toNumber();
}

const changed = (known: StoredBaseline | null, baseline: StoredBaseline): boolean =>
  !known ||
  known.day !== baseline.day ||
  known.mode !== baseline.mode ||
  known.recognised !== baseline.recognised ||
  known.units?.count !== baseline.units?.count ||
  known.units?.since !== baseline.units?.since ||
  baseline.peakEquity > known.peakEquity + 0.01;

const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;
