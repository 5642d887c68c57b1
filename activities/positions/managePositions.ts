/**
 * Looks after everything a user has on the exchange: records stops and targets that filled, restores protection that is
 * missing, moves stops, sells what is to be sold; then resolves what is unknown and adopts what appeared late.
 */
import type { StoredOrder } from '../../adapters/database/ordersRepository.js';
import type { StoredPosition } from '../../adapters/database/positionsRepository.js';
import type { OrderReport } from '../../adapters/exchange/port.js';
import { type ExitDecision, exitDecisions, highestSince } from '../../trading/exits/index.js';
import { reasonText } from '../../trading/notifications/reasons.js';
import { InvariantBroken } from '../failures.js';
import { takeFills } from '../orders/book.js';
import type { Desk } from '../orders/desk.js';
import { oneByOne } from '../orders/oneByOne.js';
import { adoptEntry } from '../orders/adopt.js';
import { NEVER_SHOWN } from '../orders/place.js';
import { closeBooks, notePendingExit, takeProtectionOff } from '../orders/exit.js';
import { levelPassed, protect, sellOrProtect } from '../orders/protection.js';
import { snapshotOf } from '../market/snapshots.js';
import type { ExitReason } from '../../trading/types.js';
import type { ExitPlan, PositionsReport } from '../types.js';

type Protection = NonNullable<StoredPosition['protection']>;

/** Given-up entries are asked for this long, real ms: reads of the real exchange lag without a documented bound. */
const ABANDONED_WATCH_MS = 10 * 60_000;

export async function managePositions(desk: Desk, exits: readonly ExitPlan[]): Promise<PositionsReport> {
  const { positions } = desk.deps.repositories;
  const closed: PositionsReport['closed'] = [];

  const open = await positions.open(desk.userId);
  for (const exit of exits)
    if (!open.some((position) => position.id === exit.positionId))
      desk.lines.push({
        level: 'WARNING',
        component: 'POSITION',
        message: `No open position ${exit.positionId}`,
        data: { unknownPosition: exit.positionId },
      });

  const troubles: unknown[] = [];
  /** Held, and on no list of the exchange any more: nobody can do anything for them here. */
  const unlisted = new Set<string>();
  const guarded = open.filter(({ protection }) => protection);
  const restingOf = openOrdersBySymbol(desk, guarded);
  const care = async (position: StoredPosition): Promise<void> => {
    desk.heartbeat(`looking after ${position.symbol}`);
    const exit = exits.find((one) => one.positionId === position.id);
    const resting = position.protection ? await restingOf.get(position.symbol) : undefined;
    try {
      const outcome = await lookAfter(desk, position, exit, resting ?? []);
      if (outcome) closed.push(outcome);
    } catch (error) {
      // Whoever has asked for its sale is refused.
      if (exit || !(error instanceof InvariantBroken)) throw error;
      unlisted.add(position.id);
      tellUnlisted(desk, position);
    }
  };
  await oneByOne(
    open.filter(({ protection }) => !protection),
    care,
    troubles,
  );
  await oneByOne(await filledFirst(guarded, restingOf), care, troubles);
  // What is held comes first: to learn that an order never arrived takes as long as its fence and more.
  let unfinished = await unfinishedOf(desk);
  const entries = [...unfinished.unresolved.filter(isEntry), ...unfinished.abandoned];
  await oneByOne(entries, (order) => adoptEntry(desk, order), troubles);
  if (entries.length > 0) unfinished = await unfinishedOf(desk);
  const leftovers = unfinished.unresolved.filter((order) => !isEntry(order));
  await oneByOne(leftovers, (order) => settleLeftover(desk, order), troubles);
  if (troubles.length > 0) throw troubles[0];
  if (leftovers.length > 0) unfinished = await unfinishedOf(desk);
  const { unresolved, abandoned } = unfinished;
  const late = abandoned.filter(isNeverShown);
  const left = await positions.open(desk.userId);
  return {
    openPositions: left.length,
    unresolved: unresolved.length + left.filter(({ id, pendingExit }) => pendingExit && !unlisted.has(id)).length,
    unprotected: left.filter(({ id, protection }) => protection === null && !unlisted.has(id)).length,
    ...(late.length > 0 ? { late: late.length } : {}),
    closed,
    lines: desk.lines,
    events: desk.events,
  };
}

/** Once for each holding, however often it is found. */
function tellUnlisted(desk: Desk, { id, symbol, quantity }: StoredPosition): void {
  const reason = reasonText('UNLISTED', { detail: `${symbol} ${quantity}` });
  desk.lines.push({ level: 'WARNING', component: 'POSITION', message: reason, data: { positionId: id, symbol } });
  const data = { component: 'POSITION', code: 'UNLISTED', reason };
  desk.events.push({ eventId: `unlisted-${id}`, type: 'SYSTEM_ERROR', symbol, data });
}

interface Unfinished {
  /** Their outcome was left open by a dead attempt. */
  unresolved: StoredOrder[];
  /** Entries that were given up lately. */
  abandoned: StoredOrder[];
}

async function unfinishedOf(desk: Desk): Promise<Unfinished> {
  const [unresolved, abandoned] = await Promise.all([
    desk.deps.repositories.orders.unresolvedByUser(desk.userId),
    abandonedLately(desk),
  ]);
  return { unresolved, abandoned };
}

/** Those of them that the exchange has shown nowhere; the others it has refused to take. */
export const mayAppear = async (desk: Desk): Promise<StoredOrder[]> =>
  (await abandonedLately(desk)).filter(isNeverShown);

const isNeverShown = ({ reason }: StoredOrder): boolean => reason?.startsWith(NEVER_SHOWN) ?? false;
const isEntry = ({ purpose }: StoredOrder): boolean => purpose === 'ENTRY';

/** Entries that may appear after all. */
export async function abandonedLately(desk: Desk): Promise<StoredOrder[]> {
  const since = new Date(desk.deps.now() - ABANDONED_WATCH_MS);
  const abandoned = await desk.deps.repositories.orders.abandonedSince(desk.userId, since);
  return abandoned.filter(isEntry);
}

/**
 * A stop, target or sale that a dead attempt left without an outcome: noted as the exchange knows it, or given up once
 * its fence has passed. What it was for is decided afterwards, from the position.
 */
async function settleLeftover(desk: Desk, order: StoredOrder): Promise<void> {
  const { symbol, clientOrderId, fenceTimestamp, recvWindow, createdAt } = order;
  const report = await desk.account.queryOrder(symbol, clientOrderId);
  if (report) {
    await takeFills(desk, report, 'query');
    return;
  }
  const deadline = (fenceTimestamp ?? createdAt.getTime()) + (recvWindow ?? 60_000) + LEFTOVER_MARGIN_MS;
  if (desk.exchangeNow() > deadline)
    await desk.deps.repositories.orders.transition(
      clientOrderId,
      ['SUBMITTING', 'UNKNOWN'],
      'ABANDONED',
      'unknown to the exchange long after its fence',
    );
}

/** Beyond the fence, ms: generous, for nothing waits for it. */
const LEFTOVER_MARGIN_MS = 10_000;

/** One call a symbol tells which legs rest; the others are asked for one by one. */
export function openOrdersBySymbol(
  desk: Desk,
  positions: readonly StoredPosition[],
): Map<string, Promise<OrderReport[]>> {
  const symbols = [...new Set(positions.map((position) => position.symbol))];
  const asked = new Map(symbols.map((symbol) => [symbol, desk.account.openOrders(symbol)]));
  // Each is awaited with its positions, and fails only those.
  for (const answer of asked.values()) answer.catch(() => undefined);
  return asked;
}

/**
 * What has filled is recorded and told before anything else is looked over. A symbol whose answer is late keeps nobody
 * waiting: its positions come last.
 */
async function filledFirst(
  guarded: readonly StoredPosition[],
  restingOf: ReadonlyMap<string, Promise<OrderReport[]>>,
): Promise<StoredPosition[]> {
  const late = new Promise<null>((done) => setTimeout(() => done(null), LATE_ANSWER_MS).unref());
  const placed = await Promise.all(
    guarded.map(async (position) => {
      const resting = await Promise.race([restingOf.get(position.symbol), late]).catch(() => null);
      const rank = !resting ? 2 : position.protection && restsUntouched(position.protection, resting) ? 1 : 0;
      return { position, rank };
    }),
  );
  return placed.sort((a, b) => a.rank - b.rank).map(({ position }) => position);
}

const LATE_ANSWER_MS = 1_000;

const legIds = ({ stopClientOrderId, targetClientOrderId }: Protection): string[] =>
  [stopClientOrderId, targetClientOrderId].filter((id) => id !== '');

export const restsUntouched = (protection: Protection, resting: readonly OrderReport[]): boolean =>
  legIds(protection).every((id) =>
    resting.some((report) => report.clientOrderId === id && Number(report.executedQuantity) === 0),
  );

async function lookAfter(
  desk: Desk,
  position: StoredPosition,
  exit: ExitPlan | undefined,
  resting: OrderReport[],
): Promise<PositionsReport['closed'][number] | null> {
  if ((await endedProtection(desk, position, resting)) === 'acted upon') return describe(desk, position.id);
  let current = (await desk.deps.repositories.positions.get(position.id)) ?? position;
  if (current.status === 'CLOSED') return describe(desk, position.id);
  // What was asked for by hand stays so, whatever is decided beside it.
  const wanted = current.pendingExit === 'manual' ? 'manual' : (exit?.reason ?? current.pendingExit);
  if (wanted && (exit || wanted !== 'target' || (await levelPassed(desk, current)) === 'target'))
    return sellAll(desk, current, wanted);
  if (wanted) {
    // Below its target again: a list takes the place of the stop that stood alone meanwhile.
    await notePendingExit(desk, current.id, null);
    current = (await desk.deps.repositories.positions.get(current.id)) ?? current;
    if (current.protection) current = (await takeProtectionOff(desk, current)).position;
  }
  if (!current.protection) {
    const outcome = await protect(desk, current);
    if (outcome === 'closed') return describe(desk, position.id);
    return null;
  }
  return applyExitRules(desk, current);
}

/** What is not sold now is sold by the next look, unless today's price forbids the sale. */
async function sellAll(
  desk: Desk,
  position: StoredPosition,
  reason: ExitReason,
): Promise<PositionsReport['closed'][number] | null> {
  try {
    const outcome = await sellOrProtect(desk, position, reason);
    if (outcome === 'closed') return await describe(desk, position.id);
    await notePendingExit(desk, position.id, outcome === 'too small' ? null : reason);
    return null;
  } catch (error) {
    // What can't be sold at all is told, and not tried again.
    if (!(error instanceof InvariantBroken)) await notePendingExit(desk, position.id, reason).catch(() => undefined);
    throw error;
  }
}

/** Records a protection that executed; one that vanished without executing is taken off, so that it is restored. */
async function endedProtection(
  desk: Desk,
  position: StoredPosition,
  resting: readonly OrderReport[],
): Promise<'acted upon' | 'working'> {
  const protection = position.protection;
  if (!protection) return 'working';
  if (restsUntouched(protection, resting)) return 'working';
  const ids = legIds(protection);
  const answers = await Promise.all(ids.map((id) => desk.account.queryOrder(position.symbol, id)));
  const reports = answers.filter((report) => report !== null);
  const unknown = ids.filter((_, index) => answers[index] === null);
  await Promise.all(reports.map((report) => takeFills(desk, report, 'query')));
  const executed = reports.findLast((report) => Number(report.executedQuantity) > 0);
  const working = reports.some((report) => report.status === 'NEW' || report.status === 'PARTIALLY_FILLED');
  // A target that trades takes its stop along: what is left of it, or was cancelled, guards nothing.
  if (executed?.type === 'LIMIT_MAKER' && executed.status !== 'FILLED') {
    await takeProtectionOff(desk, position);
    return 'working';
  }
  if (executed && (executed.status === 'FILLED' || !working)) {
    const reason = executed.type === 'LIMIT_MAKER' ? 'target' : 'stop';
    if ((await closeBooks(desk, position, reason)) === 'closed') return 'acted upon';
    const { position: rest } = await takeProtectionOff(desk, position);
    await sellOrProtect(desk, rest, reason);
    return 'acted upon';
  }
  if (working || !(await areForgotten(desk, unknown))) return 'working';
  desk.lines.push({
    level: 'WARNING',
    component: 'POSITION',
    message: `${position.symbol}: its protection ended without executing; placing it again`,
    data: { positionId: position.id },
  });
  await takeProtectionOff(desk, position);
  return 'working';
}

/**
 * Legs that an exchange has told of and does not know any more guard nothing: a test network is reset now and then. Long
 * after its last word that is no reading that lags behind.
 */
async function areForgotten(desk: Desk, ids: readonly string[]): Promise<boolean> {
  const legs = await Promise.all(ids.map((id) => desk.deps.repositories.orders.get(id)));
  return legs.every((leg) => !leg || leg.updatedAt.getTime() < desk.deps.now() - FORGOTTEN_AFTER_MS);
}

const FORGOTTEN_AFTER_MS = 5 * 60_000;

async function applyExitRules(desk: Desk, known: StoredPosition): Promise<PositionsReport['closed'][number] | null> {
  const snapshot = await snapshotOf(desk.venue, known.symbol, desk.config.timeframe);
  const position = await withHighest(desk, known, snapshot.price);
  const rules = await desk.rules(position.symbol);
  const [decision] = exitDecisions(position, snapshot, desk.config, snapshot.marketTime, rules);
  if (!decision) return null;
  if (decision.kind === 'move-stop') return moveStop(desk, position, decision);
  if (decision.fraction >= 1) return sellAll(desk, position, decision.reason);
  const outcome = await sellOrProtect(desk, position, decision.reason, decision.fraction);
  return outcome === 'closed' ? describe(desk, position.id) : null;
}

async function moveStop(
  desk: Desk,
  position: StoredPosition,
  { stopPrice, rule }: Extract<ExitDecision, { kind: 'move-stop' }>,
): Promise<PositionsReport['closed'][number] | null> {
  const { positions } = desk.deps.repositories;
  const { position: free, filled } = await takeProtectionOff(desk, position);
  if (filled) {
    const ended = (await closeBooks(desk, free, filled)) === 'closed' || (await protect(desk, free)) === 'closed';
    return ended ? describe(desk, position.id) : null;
  }
  await positions.update(free.id, free.version, { stopPrice });
  const moved = await positions.get(free.id);
  desk.lines.push({
    level: 'INFO',
    component: 'POSITION',
    message: `${position.symbol}: stop moved from ${position.stopPrice} to ${stopPrice} (${rule})`,
    data: { positionId: position.id },
  });
  return moved && (await protect(desk, moved)) === 'closed' ? describe(desk, position.id) : null;
}

/** Kept before anything is decided by it: a trailing stop follows the highest price of every look. */
export async function withHighest(desk: Desk, position: StoredPosition, price: number): Promise<StoredPosition> {
  const { positions } = desk.deps.repositories;
  const highestPrice = highestSince(position, price);
  if (!(Number(highestPrice) > Number(position.highestPrice))) return position;
  await positions.update(position.id, position.version, { highestPrice });
  return (await positions.get(position.id)) ?? position;
}

async function describe(desk: Desk, positionId: string): Promise<PositionsReport['closed'][number] | null> {
  const trades = await desk.deps.repositories.trades.byPosition(desk.userId, positionId);
  const trade = trades.at(-1);
  return trade ? { positionId, symbol: trade.symbol, reason: trade.exitReason, pnl: String(trade.pnl) } : null;
}
