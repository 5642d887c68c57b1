/**
 * An entry and its protection as one saga: filters of the protection -> intent -> send -> outcome -> fills -> position
 * -> protective list -> verified. Every step is found again in the books by a second attempt, which goes on from there.
 */
import { Context } from '@temporalio/activity';
import type { StoredPosition } from '../../adapters/database/positionsRepository.js';
import type { OrderReport } from '../../adapters/exchange/port.js';
import { checkProtectionFilters, clientOrderId, decimal, levelsFromFill } from '../../trading/orders/index.js';
import { applyFills } from '../../trading/pnl/index.js';
import { describeRefusal } from '../../trading/risk/describe.js';
import type { Fill, Position, SymbolRules, TradePlan } from '../../trading/types.js';
import type { EventToSend, TradeReport } from '../types.js';
import { crashPoint } from '../crashPoints.js';
import { takeFills } from './book.js';
import type { Desk } from './desk.js';
import { type Placement, type Settled, place } from './place.js';
import { protect } from './protection.js';
import { whyNotNow } from './halts.js';

/** A plan older than this is not entered any more: the market has moved on, ms. */
const PLAN_LIFE_MS = 30_000;

export const positionIdOf = (intentId: string): string => `p-${intentId}`;

export async function enter(desk: Desk, plan: TradePlan): Promise<TradeReport> {
  const rules = await desk.rules(plan.symbol);
  const placement = entryPlacement(desk, plan);
  const known = await desk.deps.repositories.orders.get(placement.orders[0]!.clientOrderId);
  if (!known) {
    const refusal = await whyNotSent(desk, plan, rules);
    if (refusal) return notEntered(desk, plan, 'REFUSED', refusal);
  }
  const settled = await place(desk, placement);
  if (settled.kind === 'rejected') return notEntered(desk, plan, 'REJECTED', settled.error.message);
  if (settled.kind === 'gone') return notEntered(desk, plan, 'ABANDONED', settled.why);

  const report = await settleEntry(desk, plan.symbol, settled.reports[0]!);
  if (decimal(report.executedQuantity).isZero())
    return notEntered(desk, plan, 'REJECTED', `${report.status} without a fill`);
  const position = await openPosition(desk, plan, report, await takeFills(desk, report), rules);
  crashPoint('between-fill-and-protection');
  const outcome = await protect(desk, position);
  return entered(desk, plan, report, outcome);
}

/** Reasons to send nothing that arose since the checks. */
async function whyNotSent(desk: Desk, plan: TradePlan, rules: SymbolRules): Promise<string | null> {
  const age = Date.now() - Context.current().info.scheduledTimestampMs;
  if (age > PLAN_LIFE_MS) return `the plan is ${Math.round(age / 1000)} s old`;
  const halted = await whyNotNow(desk);
  if (halted) return halted;
  const ticker = (await desk.venue.market.tickers([plan.symbol])).get(plan.symbol);
  if (!ticker) return 'no price';
  const check = checkProtectionFilters({
    quantity: plan.quantity,
    stopPrice: plan.stopPrice,
    targetPrice: plan.targetPrice,
    rules,
    lastPrice: ticker.last,
    feeRate: rules.takerFee,
  });
  return check.approved ? null : describeRefusal(check, 'en');
}

/** The entry alone: intent, order, answer. */
export const placeEntry = (desk: Desk, plan: TradePlan): Promise<Settled> => place(desk, entryPlacement(desk, plan));

function entryPlacement(desk: Desk, plan: TradePlan): Placement {
  const id = clientOrderId({ intentId: plan.intentId, leg: 'entry', generation: 0 });
  const { symbol, quantity } = plan;
  return {
    symbol,
    orders: [
      {
        userId: desk.userId,
        intentId: plan.intentId,
        clientOrderId: id,
        symbol,
        side: 'BUY',
        type: 'MARKET',
        purpose: 'ENTRY',
        quantity,
        mode: desk.mode,
        positionId: positionIdOf(plan.intentId),
        decision: {
          signalId: plan.signalId || null,
          confidence: plan.confidence,
          strategy: plan.strategy ?? null,
          leadingStrategy: plan.leadingStrategy ?? null,
        },
      },
    ],
    send: async (fence) => [
      await desk.account.placeOrder({ symbol, side: 'BUY', type: 'MARKET', quantity, clientOrderId: id, fence }),
    ],
  };
}

/** A market order may still be working for a moment; what is not filled at once is cancelled, and the rest taken. */
export async function settleEntry(desk: Desk, symbol: string, report: OrderReport): Promise<OrderReport> {
  let now = report;
  for (
    let round = 0;
    now.status === 'NEW' || now.status === 'PARTIALLY_FILLED' || now.status === 'PENDING_CANCEL';
    round++
  ) {
    if (round >= 2) await desk.account.cancelOrder(symbol, now.clientOrderId).catch(() => null);
    await desk.pause(200);
    now = (await desk.account.queryOrder(symbol, now.clientOrderId)) ?? now;
  }
  return now;
}

/** The position of an entry's fills; inserting it again finds it there. */
export async function openPosition(
  desk: Desk,
  plan: Pick<
    TradePlan,
    'intentId' | 'symbol' | 'referencePrice' | 'stopPrice' | 'targetPrice' | 'signalId' | 'strategy' | 'leadingStrategy'
  >,
  report: OrderReport,
  fills: Fill[],
  rules: SymbolRules,
): Promise<StoredPosition> {
  const { positions } = desk.deps.repositories;
  const id = positionIdOf(plan.intentId);
  const empty: Position = {
    id,
    symbol: plan.symbol,
    status: 'OPEN',
    quantity: '0',
    entryQuantity: '0',
    entryPrice: '0',
    entryFee: '0',
    entryTime: report.updateTime,
    stopPrice: '0',
    targetPrice: '0',
    highestPrice: '0',
    partialTaken: false,
    protection: null,
    unprotectedSince: desk.deps.now(),
    intentId: plan.intentId,
    realizedPnl: '0',
  };
  const filled = applyFills(empty, fills);
  const position = { ...filled, ...levelsFromFill(filled.entryPrice, plan, rules.tickSize) };
  await positions.insert(desk.userId, position, {
    mode: desk.mode,
    signalId: plan.signalId || null,
    strategy: plan.strategy ?? null,
    leadingStrategy: plan.leadingStrategy ?? null,
  });
  const stored = await positions.get(id);
  if (!stored) throw new Error(`position ${id} is not there after its insert`);
  return stored;
}

function notEntered(desk: Desk, plan: TradePlan, outcome: TradeReport['outcome'], why: string): TradeReport {
  desk.lines.push({
    level: 'WARNING',
    component: 'EXECUTOR',
    message: `${plan.symbol} BUY ${plan.quantity} not entered: ${why}`,
    data: { intentId: plan.intentId, outcome },
  });
  return {
    intentId: plan.intentId,
    symbol: plan.symbol,
    outcome,
    quantity: '0',
    averagePrice: null,
    protected: true,
    lines: desk.lines,
    events: desk.events,
  };
}

/** Its id is the order's: an entry that is told by one attempt and adopted by another is told once. */
export const tradeExecuted = (
  desk: Desk,
  report: OrderReport,
  plan: Pick<TradePlan, 'symbol' | 'stopPrice' | 'targetPrice' | 'confidence'>,
): EventToSend => ({
  eventId: `trade-${report.clientOrderId}`,
  type: 'TRADE_EXECUTED',
  symbol: plan.symbol,
  data: {
    side: 'BUY',
    quantity: decimal(report.executedQuantity).toFixed(),
    price: averageOf(report),
    stopPrice: plan.stopPrice,
    targetPrice: plan.targetPrice,
    confidence: plan.confidence,
    mode: desk.mode,
  },
});

export const averageOf = (report: OrderReport): string =>
  decimal(report.cumulativeQuote).div(report.executedQuantity).toSignificantDigits(12).toFixed();

function entered(
  desk: Desk,
  plan: TradePlan,
  report: OrderReport,
  protection: 'protected' | 'closed' | 'unprotected',
): TradeReport {
  const averagePrice = averageOf(report);
  const quantity = decimal(report.executedQuantity).toFixed();
  const partly = decimal(report.executedQuantity).lt(plan.quantity);
  desk.lines.unshift({
    level: 'INFO',
    component: 'EXECUTOR',
    message: `${plan.symbol} BUY ${quantity} at ${averagePrice}${partly ? ` (of ${plan.quantity})` : ''}`,
    data: {
      intentId: plan.intentId,
      clientOrderId: report.clientOrderId,
      stop: plan.stopPrice,
      target: plan.targetPrice,
      protection,
    },
  });
  desk.events.unshift(tradeExecuted(desk, report, plan));
  const outcome = protection === 'closed' ? 'FLATTENED' : partly ? 'PARTIALLY_FILLED' : 'FILLED';
  return {
    intentId: plan.intentId,
    symbol: plan.symbol,
    outcome,
    quantity,
    averagePrice,
    protected: protection !== 'unprotected',
    lines: desk.lines,
    events: desk.events,
  };
}
