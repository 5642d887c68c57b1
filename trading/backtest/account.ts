import { roundQuantityDown } from '../orders/rounding.js';
import type { ClosedTrade, ExitReason, SymbolRules } from '../types.js';
import { buyPrice, sellPrice } from './fills.js';
import type { BacktestTrade, CostModel } from './types.js';

/** A holding in the backtest: floats for speed; decimal strings are made where live's functions are asked. */
export interface Holding {
  symbol: string;
  entryTime: number;
  entryPrice: number;
  /** Base units held, net of the fee that the exchange took from them. */
  quantity: number;
  entryQuantity: number;
  entryFee: number;
  stop: number;
  target: number;
  highest: number;
  partialTaken: boolean;
  proceeds: number;
  sold: number;
  exitFees: number;
}

export interface Account {
  cash: number;
  holdings: Map<string, Holding>;
  /** Remainders below a lot, by symbol: they stay in the balance. */
  dust: Map<string, number>;
  trades: BacktestTrade[];
  /** The same trades in live's form, for the risk checks. */
  closed: ClosedTrade[];
}

export const openAccount = (cash: number): Account => ({
  cash,
  holdings: new Map(),
  dust: new Map(),
  trades: [],
  closed: [],
});

export interface Purchase {
  quantity: number;
  /** Stop and target as multiples of the fill price. */
  stopRatio: number;
  targetRatio: number;
}

/** A market buy; the fee is taken from what is received, as on the exchange. false where the cash does not cover it. */
export function buy(
  account: Account,
  symbol: string,
  time: number,
  price: number,
  order: Purchase,
  costs: CostModel,
): boolean {
  const paid = buyPrice(price, costs.slippagePct);
  const value = order.quantity * paid;
  if (value > account.cash) return false;
  const fee = costs.feePct / 100;
  account.cash -= value;
  account.holdings.set(symbol, {
    symbol,
    entryTime: time,
    entryPrice: paid,
    quantity: order.quantity * (1 - fee),
    entryQuantity: order.quantity * (1 - fee),
    entryFee: value * fee,
    stop: paid * order.stopRatio,
    target: paid * order.targetRatio,
    highest: paid,
    partialTaken: false,
    proceeds: 0,
    sold: 0,
    exitFees: 0,
  });
  return true;
}

/** Sells a fraction of what is held (1 = all of it); what a lot does not cover stays as dust. */
export function sell(
  account: Account,
  holding: Holding,
  time: number,
  price: number,
  fraction: number,
  reason: ExitReason,
  costs: CostModel,
  rules: SymbolRules,
): void {
  const received = sellPrice(price, reason, costs.slippagePct);
  const quantity = Number(roundQuantityDown(holding.quantity * fraction, rules.stepSize));
  const fee = quantity * received * (costs.feePct / 100);
  account.cash += quantity * received - fee;
  holding.quantity -= quantity;
  holding.sold += quantity;
  holding.proceeds += quantity * received;
  holding.exitFees += fee;
  if (fraction < 1) holding.partialTaken = true;
  else close(account, holding, time, reason);
}

function close(account: Account, holding: Holding, time: number, reason: ExitReason): void {
  account.holdings.delete(holding.symbol);
  account.dust.set(holding.symbol, (account.dust.get(holding.symbol) ?? 0) + holding.quantity);
  const trade = tradeOf(holding, time, reason, holding.proceeds, holding.sold, holding.exitFees);
  account.trades.push(trade);
  account.closed.push(closedTradeOf(trade));
}

/** What is still held at the end, at the last price and without a fee for a sale that was not made. */
export function listOpen(account: Account, holding: Holding, time: number, price: number): void {
  const quantity = holding.sold + holding.quantity;
  account.trades.push(
    tradeOf(holding, time, 'open', holding.proceeds + holding.quantity * price, quantity, holding.exitFees),
  );
}

function tradeOf(
  holding: Holding,
  time: number,
  reason: ExitReason,
  proceeds: number,
  quantity: number,
  exitFees: number,
): BacktestTrade {
  const entryFee = (holding.entryFee * quantity) / holding.entryQuantity;
  const cost = quantity * holding.entryPrice + entryFee;
  const pnl = proceeds - exitFees - cost;
  return {
    symbol: holding.symbol,
    entryTime: holding.entryTime,
    entryPrice: holding.entryPrice,
    exitTime: time,
    exitPrice: quantity > 0 ? proceeds / quantity : 0,
    quantity,
    fees: entryFee + exitFees,
    pnl,
    pnlPct: cost > 0 ? (100 * pnl) / cost : 0,
    exitReason: reason,
  };
}

function closedTradeOf(trade: BacktestTrade): ClosedTrade {
  const { symbol, entryTime, exitTime, pnlPct, exitReason } = trade;
  return {
    positionId: `${symbol} ${entryTime}`,
    symbol,
    entryTime,
    entryPrice: String(trade.entryPrice),
    exitTime,
    exitPrice: String(trade.exitPrice),
    quantity: String(trade.quantity),
    fees: String(trade.fees),
    pnl: String(trade.pnl),
    pnlPct,
    exitReason,
  };
}
