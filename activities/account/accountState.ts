/**
 * What an account is worth and what it made today. Profit and loss come from the product's own trades and positions
 * only: deposits, withdrawals and holdings that were there before are recognised as a change of capital, logged, and
 * kept out of the PnL and of the loss limit.
 */
import type { StoredConfig } from '../../adapters/database/configRepository.js';
import type { AccountBaseline, TradeDocument } from '../../adapters/database/documents.js';
import type { StoredPosition } from '../../adapters/database/positionsRepository.js';
import { costOf, dayKey, valuation } from '../../trading/pnl/index.js';
import { decimal } from '../../trading/orders/index.js';
import type { ActivityDependencies } from '../dependencies.js';
import type { AccountView } from '../types.js';
import type { BalanceBook } from './balances.js';

export interface AccountState {
  view: AccountView;
  positions: StoredPosition[];
  day: { key: string; openingEquity: number; pnl: number; pnlPct: number; tradesToday: number };
  closedToday: TradeDocument[];
  peakEquity: number;
  freeQuote: number;
  /** A change of capital seen once and not yet confirmed, quote units. */
  unexplained: number;
}

/** Kept in system_status.baseline. Money in quote units. */
interface Baseline extends AccountBaseline {
  /** Each position's PnL when the day began: what it makes today is measured from there. */
  positionPnl: Record<string, number>;
  realizedBefore: number;
  feesBefore: number;
  /** Equity less all profit: changes by deposits and withdrawals only. */
  capital: number;
  pendingTransfer: number;
  /** Entries opened today. */
  entries?: number;
}

/** Below this a drift of capital is dust and rounding, quote units or fraction of equity. */
const TRANSFER_FLOOR = 5;
const TRANSFER_SHARE = 0.0005;

export async function accountState(
  deps: ActivityDependencies,
  balances: BalanceBook,
  userId: string,
  config: StoredConfig,
  market: { prices: Record<string, number>; marketTime: number },
): Promise<AccountState> {
  const { repositories } = deps;
  const [held, positions, status] = await Promise.all([
    balances.of(userId, config.mode),
    repositories.positions.open(userId),
    repositories.status.get(userId),
  ]);
  const quote = config.symbols[0]?.split('/')[1] ?? 'USDT';
  const quoteBalance = held.find((balance) => balance.asset === quote);
  const freeQuote = Number(quoteBalance?.free ?? 0);
  const cash = freeQuote + Number(quoteBalance?.locked ?? 0);
  const worth = valuation({ cash, positions, prices: market.prices });
  const key = dayKey(market.marketTime, config.timeZone);
  const closedToday = await repositories.trades.ofDay(userId, key);
  const pnlOf = (position: StoredPosition): number => positionPnl(position, market.prices);
  const open = positions.map((position) => ({ id: position.id, pnl: pnlOf(position) }));

  const known = status?.baseline as Baseline | null | undefined;
  const rolled = await rollBaseline(deps, userId, known ?? null, key, worth.equity, open, closedToday);
  const base = rolled.positionPnl;
  const realizedToday = sum(closedToday.map((trade) => trade.pnl));
  const feesToday =
    sum(closedToday.map((trade) => trade.fees)) + sum(positions.map((position) => Number(position.entryFee)));
  const dailyPnl =
    sum(closedToday.map((trade) => trade.pnl - (base[trade.positionId] ?? 0))) +
    sum(open.map(({ id, pnl }) => pnl - (base[id] ?? 0)));
  const openPnl = sum(open.map(({ pnl }) => pnl));
  const total = rolled.realizedBefore + realizedToday + openPnl;

  const { baseline, unexplained, transfer } = followCapital(rolled, worth.equity, total);
  // Until a change of capital is confirmed it makes neither a peak nor a drawdown, nor the equity a day opens with.
  const explained = worth.equity - unexplained;
  baseline.peakEquity = Math.max(baseline.peakEquity + transfer, explained);
  if (known && known.day !== key) baseline.dayStartEquity = explained;
  if (changed(known ?? null, baseline)) await repositories.status.setBaseline(userId, baseline);
  if (transfer !== 0) await logTransfer(deps, userId, transfer, quote, market.marketTime);

  const openingEquity = baseline.dayStartEquity;
  const dailyPnlPct = openingEquity > 0 ? (dailyPnl / openingEquity) * 100 : 0;
  const drawdownPct = baseline.peakEquity > 0 ? Math.max(0, (1 - explained / baseline.peakEquity) * 100) : 0;
  const enteredToday =
    positions.filter((position) => dayKey(position.entryTime, config.timeZone) === key).length +
    closedToday.filter((trade) => dayKey(trade.entryTime.getTime(), config.timeZone) === key).length;
  const unresolved = (await repositories.orders.unresolvedByUser(userId)).length;
  return {
    view: {
      equity: cents(worth.equity),
      cash: cents(cash),
      positionsValue: cents(worth.positionsValue),
      realizedPnl: cents(rolled.realizedBefore + realizedToday),
      unrealizedPnl: cents(worth.unrealizedPnl),
      fees: cents(rolled.feesBefore + feesToday),
      dailyPnl: cents(dailyPnl),
      dailyPnlPct: cents(dailyPnlPct),
      drawdownPct: cents(drawdownPct),
      openPositions: positions.length,
      tradesToday: enteredToday,
      unresolved,
    },
    positions,
    day: { key, openingEquity, pnl: dailyPnl, pnlPct: dailyPnlPct, tradesToday: enteredToday },
    closedToday,
    peakEquity: baseline.peakEquity,
    freeQuote,
    unexplained,
  };
}

/** Realised parts and what the rest would bring at this price, net of the entry's fees. */
function positionPnl(position: StoredPosition, prices: Record<string, number>): number {
  const price = prices[position.symbol];
  if (price === undefined) throw new Error(`no price for ${position.symbol}, of which ${position.quantity} is held`);
  const quantity = decimal(position.quantity);
  return quantity.times(price).minus(costOf(position, quantity)).plus(position.realizedPnl).toNumber();
}

async function rollBaseline(
  deps: ActivityDependencies,
  userId: string,
  known: Baseline | null,
  key: string,
  equity: number,
  open: { id: string; pnl: number }[],
  closedToday: TradeDocument[],
): Promise<Baseline> {
  const positionPnl = Object.fromEntries(open.map(({ id, pnl }) => [id, pnl]));
  if (!known) {
    const profit = sum(open.map(({ pnl }) => pnl)) + sum(closedToday.map((trade) => trade.pnl));
    return {
      day: key,
      dayStartEquity: equity,
      peakEquity: equity,
      initialEquity: equity,
      positionPnl,
      realizedBefore: 0,
      feesBefore: 0,
      capital: equity - profit,
      pendingTransfer: 0,
    };
  }
  if (known.day === key) return { ...known };
  const before = await deps.repositories.trades.ofDay(userId, known.day);
  return {
    ...known,
    day: key,
    dayStartEquity: equity,
    positionPnl,
    realizedBefore: known.realizedBefore + sum(before.map((trade) => trade.pnl)),
    feesBefore: known.feesBefore + sum(before.map((trade) => trade.fees)),
  };
}

/**
 * A change of capital is a deposit or a withdrawal once it has been seen twice alike (a fill that the books don't have
 * yet looks like one for a moment); until then it is unexplained, and no entry is made.
 */
function followCapital(
  baseline: Baseline,
  equity: number,
  totalPnl: number,
): { baseline: Baseline; unexplained: number; transfer: number } {
  const capital = equity - totalPnl;
  const delta = capital - baseline.capital;
  const floor = Math.max(TRANSFER_FLOOR, equity * TRANSFER_SHARE);
  if (Math.abs(delta) < floor)
    return { baseline: { ...baseline, capital, pendingTransfer: 0 }, unexplained: 0, transfer: 0 };
  if (Math.abs(delta - baseline.pendingTransfer) < floor)
    return {
      baseline: { ...baseline, capital, dayStartEquity: baseline.dayStartEquity + delta, pendingTransfer: 0 },
      unexplained: 0,
      transfer: delta,
    };
  return { baseline: { ...baseline, pendingTransfer: delta }, unexplained: delta, transfer: 0 };
}

const changed = (known: Baseline | null, baseline: Baseline): boolean =>
  !known ||
  known.day !== baseline.day ||
  known.pendingTransfer !== baseline.pendingTransfer ||
  Math.abs(known.capital - baseline.capital) > 0.01 ||
  baseline.peakEquity > known.peakEquity + 0.01 ||
  known.dayStartEquity !== baseline.dayStartEquity;

async function logTransfer(
  deps: ActivityDependencies,
  userId: string,
  amount: number,
  quote: string,
  marketTime: number,
): Promise<void> {
  const message = `${amount > 0 ? 'Deposit' : 'Withdrawal'} of ${Math.abs(amount).toFixed(2)} ${quote} seen: kept out of PnL and limits`;
  await deps.repositories.cycle.appendLogs(userId, `transfer-${marketTime}`, [
    { logLevel: 'WARNING', component: 'MONITOR', message, data: { amount } },
  ]);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const cents = (value: number): number => Math.round(value * 1e4) / 1e4;
