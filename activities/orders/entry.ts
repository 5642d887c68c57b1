/**
 * An entry and its protection as one saga: filters of the protection -> intent -> send -> outcome -> fills, position and
 * the order's record -> protective list -> verified. Every step is found again in the books by a second attempt, which
 * goes on from there. The order's record comes last: an entry that stands as filled has its position.
 */
import { Context } from '@temporalio/activity';
import type { StoredPosition } from '../../adapters/database/positionsRepository.js';
import type { Repositories } from '../../adapters/database/repositories.js';
import type { Fence, OrderReport } from '../../adapters/exchange/port.js';
import { asBare } from '../../adapters/exchange/priority.js';
import {
  checkProtectionFilters,
  clientOrderId,
  decimal,
  levelsFromFill,
  type PlannedLevels,
} from '../../trading/orders/index.js';
import { applyFills } from '../../trading/pnl/index.js';
import { describeRefusal } from '../../trading/risk/describe.js';
import type { Fill, Position, SymbolRules, TradePlan } from '../../trading/types.js';
import type { EventToSend, LogLine, PutOff, TradeReport } from '../types.js';
import { crashPoint } from '../crashPoints.js';
import { completeFills, labelledFills } from './book.js';
import type { Desk } from './desk.js';
import { firstNote, noteReport } from './note.js';
import { type Evidence, type Known, type Placement, type Settled, place } from './place.js';
import { protect } from './protection.js';
import { whyNotNow } from './halts.js';

/** A plan older than this is not entered any more: the market has moved on, ms. */
const PLAN_LIFE_MS = 30_000;

export const positionIdOf = (intentId: string): string => `p-${intentId}`;

export async function enter(desk: Desk, plan: TradePlan): Promise<TradeReport> {
  const rules = await desk.rules(plan.symbol);
  let fence: Fence | undefined;
  // What an earlier attempt has sent is followed to its end whatever speaks against it now; a first one seldom finds any.
  const { repositories } = desk.deps;
  if (Context.current().info.attempt === 1 || !(await isBegun(repositories, plan))) {
    const unfit = await whyNotFit(desk, plan, rules);
    // Before the last look: whoever freezes behind it sends what the exchange takes no more.
    fence = desk.fence();
    const refusal = unfit ?? (await whyNotNow(desk));
    if (refusal && !(await isBegun(repositories, plan))) return notEntered(desk, plan, 'REFUSED', refusal);
  }
  const settled = await place(desk, { ...entryPlacement(desk, plan), fence });
  if (settled.kind === 'rejected') return notEntered(desk, plan, 'REJECTED', settled.error.message);
  if (settled.kind === 'gone') return notEntered(desk, plan, 'ABANDONED', settled.why);

  return asBare(() => taken(desk, plan, settled, rules));
}

/** The exchange knows the entry: what it bought is booked and protected. */
async function taken(desk: Desk, plan: TradePlan, settled: Known, rules: SymbolRules): Promise<TradeReport> {
  const { report, evidence } = await settleEntry(desk, plan.symbol, settled);
  if (decimal(report.executedQuantity).isZero()) {
    await noteReport(desk, report, evidence);
    return notEntered(desk, plan, 'REJECTED', `${report.status} without a fill`);
  }
  const opened = await openPosition(desk, plan, report, evidence, rules);
  crashPoint('between-fill-and-protection');
  const outcome = await protect(desk, opened.position, { isNew: opened.isNew });
  return entered(desk, plan, report, outcome);
}

/** Whether an attempt has stored this entry's intent: it may be on its way, or hold something. */
export const isBegun = async ({ orders }: Repositories, plan: TradePlan): Promise<boolean> =>
  (await orders.get(entryId(plan))) !== null;

const entryId = ({ intentId }: TradePlan): string => clientOrderId({ intentId, leg: 'entry', generation: 0 });

/** Reasons in the market to send nothing that arose since the checks; the last look is `whyNotNow`. */
async function whyNotFit(desk: Desk, plan: TradePlan, rules: SymbolRules): Promise<string | null> {
  const age = Date.now() - Context.current().info.scheduledTimestampMs;
  if (age > PLAN_LIFE_MS) return `the plan is ${Math.round(age / 1000)} s old`;
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
  const id = entryId(plan);
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
export async function settleEntry(
  desk: Desk,
  symbol: string,
  settled: Known,
): Promise<{ report: OrderReport; evidence: Evidence }> {
  let report = settled.reports[0]!;
  let { evidence } = settled;
  for (let round = 0; ['NEW', 'PARTIALLY_FILLED', 'PENDING_CANCEL'].includes(report.status); round++) {
    if (round >= 2) await desk.account.cancelOrder(symbol, report.clientOrderId).catch(() => null);
    await desk.pause(200);
    report = (await desk.account.queryOrder(symbol, report.clientOrderId)) ?? report;
    evidence = 'query';
  }
  return { report, evidence };
}

/**
 * The position of an entry's fills, and then the order's own record; one message where nobody was here before. Doing it
 * again finds what is there. `isNew`: nothing can have been done for this position before.
 */
export async function openPosition(
  desk: Desk,
  plan: EntryDecided,
  report: OrderReport,
  evidence: Evidence,
  rules: SymbolRules,
): Promise<{ position: StoredPosition; isNew: boolean }> {
  const { positions, fills: store, orders, inOrder } = desk.deps.repositories;
  const fills = await completeFills(desk, report);
  const labelled = labelledFills(desk, report, fills);
  const position = positionOf(desk, plan, report, fills, rules);
  const origin = {
    mode: desk.mode,
    signalId: plan.signalId || null,
    strategy: plan.strategy ?? null,
    leadingStrategy: plan.leadingStrategy ?? null,
  };
  if (evidence === 'response') {
    const { write, stored } = positions.inserting(desk.userId, position, origin);
    const note = orders.moving(firstNote(report, fills));
    if (await inOrder([...store.inserting(desk.userId, labelled), write, note])) {
      crashPoint('after-answer-noted');
      return { position: stored, isNew: true };
    }
  }
  await store.insert(desk.userId, labelled);
  await positions.insert(desk.userId, position, origin);
  await noteReport(desk, report, evidence, fills);
  crashPoint('after-answer-noted');
  const stored = await positions.get(position.id);
  if (!stored) throw new Error(`position ${position.id} is not there after its insert`);
  return { position: stored, isNew: false };
}

/** What of a plan its position needs. */
export type EntryDecided = Pick<TradePlan, 'intentId' | 'symbol' | 'signalId' | 'strategy' | 'leadingStrategy'> &
  PlannedLevels;

function positionOf(
  desk: Desk,
  plan: EntryDecided,
  report: OrderReport,
  fills: readonly Fill[],
  rules: SymbolRules,
): Position {
  const empty: Position = {
    id: positionIdOf(plan.intentId),
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
  return { ...filled, ...levelsFromFill(filled.entryPrice, plan, rules.tickSize) };
}

export function notEntered(desk: Desk, plan: TradePlan, outcome: TradeReport['outcome'], why: string): TradeReport {
  desk.lines.push(notEnteredLine(plan, outcome, why));
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

const notEnteredLine = (plan: TradePlan, outcome: TradeReport['outcome'], why: string): LogLine => ({
  level: 'WARNING',
  component: 'EXECUTOR',
  message: `${plan.symbol} BUY ${plan.quantity} not entered: ${why}`,
  data: { intentId: plan.intentId, outcome },
});

export const TOO_MANY_ENTRIES = 'too many entries at once: the next cycle decides anew';

/** No step is begun for it, and its signal is as good as before. */
export const putOff = (plan: TradePlan): PutOff => ({
  signalId: plan.signalId,
  line: notEnteredLine(plan, 'REFUSED', TOO_MANY_ENTRIES),
});

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
