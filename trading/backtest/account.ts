import { levelsFromFill, type PlannedLevels } from '../orders/protection.js';
import type { ClosedPart } from '../pnl/accountDay.js';
import type { ClosedTrade, ExitReason, SymbolRules } from '../types.js';
import type { BacktestTrade } from './types.js';

/** A holding in the backtest: floats for speed; decimal strings are made where live's functions are asked. */
export interface Holding {
  id: string;
  symbol: string;
  entryTime: number;
  entryPrice: number;
  /** Base units held, net of the fee that the exchange took from them. */
  quantity: number;
  entryQuantity: number;
  /** Quote. */
  entryFee: number;
  stop: number;
  target: number;
  highest: number;
  partialTaken: boolean;
  proceeds: number;
  sold: number;
  exitFees: number;
  probability?: number;
}

export interface Account {
  cash: number;
  /** In the order of their entries. */
  holdings: Holding[];
  trades: BacktestTrade[];
  /** The same trades in live's forms: for the risk checks, and for the account's day. */
  closed: ClosedTrade[];
  parts: ClosedPart[];
  /** Profit of all closed trades, quote. */
  realized: number;
}

export const openAccount = (cash: number): Account => ({
  cash,
  holdings: [],
  trades: [],
  closed: [],
  parts: [],
  realized: 0,
});

export interface Purchase extends PlannedLevels {
  quantity: string;
}

/** The exchange counts balances in units of 1e-8 and truncates what it takes as a fee. */
const truncated = (amount: number): number => Math.floor(amount * 1e8 + 1e-4) / 1e8;

/** A market buy at `price`; the fee is taken from what is received, as on the exchange. null where the cash is short. */
export function buy(
  account: Account,
  time: number,
  price: number,
  order: Purchase,
  feePct: number,
  rules: SymbolRules,
): Holding | null {
  const bought = Number(order.quantity);
  const value = bought * price;
  if (value > account.cash) return null;
  const fee = truncated((bought * feePct) / 100);
  const levels = levelsFromFill(price, order, rules.tickSize);
  const holding: Holding = {
    id: `${rules.symbol} ${time}`,
    symbol: rules.symbol,
    entryTime: time,
    entryPrice: price,
    quantity: bought - fee,
    entryQuantity: bought - fee,
    entryFee: fee * price,
    stop: Number(levels.stopPrice),
    target: Number(levels.targetPrice),
    highest: price,
    partialTaken: false,
    proceeds: 0,
    sold: 0,
    exitFees: 0,
  };
  account.cash -= value;
  account.holdings.push(holding);
  return holding;
}

/** A sale: of a fraction of what is held (1 = all of it), at this price, in the candle that opens at `time`. */
export interface Sale {
  time: number;
  /** Market time of the fill as cool-downs count it, and the user's day it falls in. */
  filledAt: number;
  day: string;
  price: number;
  fraction: number;
  reason: ExitReason;
  feePct: number;
}

/** Down to the step; a float's noise below a millionth of one is not worth a whole step. */
const onStep = (quantity: number, step: number): number =>
  step > 0 ? Number((Math.floor(quantity / step + 1e-6) * step).toFixed(8)) : quantity;

/** What a lot does not cover is left as dust: it keeps its cost and counts no more, as in live's books. */
export function sell(account: Account, holding: Holding, sale: Sale, rules: SymbolRules): void {
  const quantity = onStep(holding.quantity * sale.fraction, Number(rules.stepSize));
  const fee = truncated((quantity * sale.price * sale.feePct) / 100);
  account.cash += quantity * sale.price - fee;
  holding.quantity -= quantity;
  holding.sold += quantity;
  holding.proceeds += quantity * sale.price;
  holding.exitFees += fee;
  if (sale.fraction < 1) holding.partialTaken = true;
  else close(account, holding, sale);
}

function close(account: Account, holding: Holding, { time, filledAt, day, reason }: Sale): void {
  account.holdings.splice(account.holdings.indexOf(holding), 1);
  const trade = tradeOf(holding, time, reason, holding.proceeds, holding.sold);
  account.trades.push(trade);
  account.realized += trade.pnl;
  account.closed.push(closedOf(holding, trade, filledAt));
  account.parts.push({ positionId: holding.id, day, pnl: trade.pnl, fees: trade.fees });
}

/** What is still held at the end, at the last price and without a fee for a sale that was not made. */
export function listOpen(account: Account, holding: Holding, time: number, price: number): void {
  const quantity = holding.sold + holding.quantity;
  account.trades.push(tradeOf(holding, time, 'open', holding.proceeds + holding.quantity * price, quantity));
}

/** Realised parts, and what the rest would bring at this price, net of the entry's fee. */
export function openPnl(holding: Holding, price: number): number {
  const { proceeds, exitFees, sold, quantity, entryPrice, entryFee, entryQuantity } = holding;
  const cost = (sold + quantity) * entryPrice + (entryFee * (sold + quantity)) / entryQuantity;
  return proceeds - exitFees + quantity * price - cost;
}

function tradeOf(
  holding: Holding,
  time: number,
  reason: ExitReason,
  proceeds: number,
  quantity: number,
): BacktestTrade {
  const { symbol, entryTime, entryPrice, exitFees, probability } = holding;
  const entryFee = (holding.entryFee * quantity) / holding.entryQuantity;
  const entryValue = quantity * entryPrice;
  const pnl = proceeds - exitFees - (entryValue + entryFee);
  return {
    symbol,
    entryTime,
    entryPrice,
    exitTime: time,
    exitPrice: quantity > 0 ? proceeds / quantity : 0,
    quantity,
    fees: entryFee + exitFees,
    pnl,
    pnlPct: entryValue > 0 ? (100 * pnl) / entryValue : 0,
    exitReason: reason,
    ...(probability === undefined ? {} : { probability }),
  };
}

function closedOf(holding: Holding, trade: BacktestTrade, filledAt: number): ClosedTrade {
  const { symbol, entryTime, pnlPct, exitReason } = trade;
  return {
    positionId: holding.id,
    symbol,
    entryTime,
    entryPrice: String(trade.entryPrice),
    exitTime: filledAt,
    exitPrice: String(trade.exitPrice),
    quantity: String(trade.quantity),
    fees: String(trade.fees),
    pnl: String(trade.pnl),
    pnlPct,
    exitReason,
  };
}
