/**
 * Leaves a position: takes its protection off the exchange, sells what is left, and closes the books from the fills.
 * A protection that filled while it was being cancelled is the exit, and nothing more is sold.
 */
import { Decimal } from 'decimal.js';
import type { StoredPosition } from '../../adapters/database/positionsRepository.js';
import type { StoredOrder } from '../../adapters/database/ordersRepository.js';
import type { Write } from '../../adapters/database/bulkWrites.js';
import type { OrderReport } from '../../adapters/exchange/port.js';
import { asBare } from '../../adapters/exchange/priority.js';
import { clientOrderId, intentId, isDivisible, isDust, roundQuantityDown } from '../../trading/orders/index.js';
import { closeTrade, dayKey } from '../../trading/pnl/index.js';
import type { ExitReason, Fill } from '../../trading/types.js';
import { crashPoint } from '../crashPoints.js';
import type { EventToSend } from '../types.js';
import { type Books, booksFrom, booksOf, isUnresolved, takeFills, takeFillsOnce } from './book.js';
import type { Desk } from './desk.js';
import { cancelNote } from './note.js';
import { absenceProvenAfter, type Evidence, place } from './place.js';
import { lacksHolding, withoutMissing } from './shortfall.js';

const SELL_TRIES = 6;

export async function sellPosition(
  desk: Desk,
  position: StoredPosition,
  reason: ExitReason,
  fraction = 1,
): Promise<Sold> {
  if (await isTooSmall(desk, position, fraction)) return 'too small';
  // What makes the holding bare takes nothing of the weight that is kept for bare ones.
  const freed = await takeProtectionOff(desk, position);
  crashPoint('between-cancel-and-replace');
  return asBare(() => sell(desk, freed, reason, fraction));
}

/** `too small`: nothing was sent or taken off, for at today's price the exchange would refuse the sale. */
export type Sold = 'closed' | 'unprotected' | 'too small';

/** Worth enough when it was bought (what never was is closed as dust), and less than the exchange sells at today's price. */
async function isTooSmall(desk: Desk, position: StoredPosition, fraction: number): Promise<boolean> {
  const { symbol, id, entryPrice, stopPrice } = position;
  const rules = await desk.rules(symbol);
  const quantity = new Decimal(position.quantity).times(fraction).toFixed();
  if (fraction < 1 && !isDivisible(position, fraction, rules)) return true;
  if (isDust(quantity, entryPrice, rules)) return false;
  // Only what would be too small at its stop may be so now.
  if (!isDust(quantity, stopPrice, rules)) return false;
  const tickers = await desk.venue.exchange.market.tickers([symbol]).catch(() => null);
  const ticker = tickers?.get(symbol);
  if (!ticker || !isDust(quantity, ticker.bid, rules)) return false;
  desk.lines.push({
    level: 'WARNING',
    component: 'EXECUTOR',
    message: `${symbol}: ${quantity} is worth less than the exchange sells (${rules.minNotional} ${rules.quote}) at ${ticker.bid}; not sold now`,
    data: { tooSmall: id },
  });
  return true;
}

/** Bare, or to be sold: the next look has something to do, whatever the market does. */
export const isUnfinished = ({ protection, pendingExit }: StoredPosition): boolean =>
  protection === null || Boolean(pendingExit);

/**
 * What was to be sold for these reasons (any) is not sold any more.
 * @returns what is held, as it stands afterwards
 */
export async function forgetPendingExits(
  desk: Desk,
  forgotten: (reason: ExitReason) => boolean = () => true,
): Promise<StoredPosition[]> {
  const { positions } = desk.deps.repositories;
  const open = await positions.open(desk.userId);
  const pending = open.filter(({ pendingExit }) => pendingExit && forgotten(pendingExit));
  for (const { id } of pending) await notePendingExit(desk, id, null);
  return pending.length === 0 ? open : positions.open(desk.userId);
}

/** Until it is sold, or until it is not to be sold any more (null). */
export async function notePendingExit(desk: Desk, id: string, pendingExit: ExitReason | null): Promise<void> {
  const { positions } = desk.deps.repositories;
  for (let round = 0; round < 5; round++) {
    const current = await positions.get(id);
    if (!current || current.status === 'CLOSED' || (current.pendingExit ?? null) === pendingExit) return;
    if (await positions.update(id, current.version, { pendingExit })) return;
  }
}

async function sell(desk: Desk, freed: Freed, reason: ExitReason, fraction: number): Promise<Sold> {
  let current = freed.position;
  const rules = await desk.rules(current.symbol);
  let books = await booksOf(desk, current, freed.orders);
  /** With the sale, where it is all that happened since they were read. */
  let after: Books | undefined;
  // What a leg filled while it was being cancelled may have left too little for two parts.
  if (fraction < 1 && !isDivisible(books.position, fraction, rules)) return afterPart(desk, freed.position);
  const wanted = new Decimal(books.position.quantity).times(fraction);
  let sold = new Decimal(0);
  for (let attempt = 0; attempt < SELL_TRIES; attempt++) {
    const { position: held, orders } = books;
    const left = Decimal.min(held.quantity, wanted.minus(sold));
    const piece = Decimal.min(left, Number(rules.marketMaxQuantity) > 0 ? rules.marketMaxQuantity : left);
    const quantity = roundQuantityDown(piece.toFixed(), coarser(rules.stepSize, rules.marketStepSize));
    if (isDust(quantity, held.entryPrice, rules)) break;
    const { report, fills, isShort, mayFollow } = await sendSell(desk, current, orders, quantity, reason);
    if (report) sold = sold.plus(report.executedQuantity);
    else if (isShort && !(await withoutMissing(desk, current))) break;
    else if (!isShort && !mayFollow) await desk.pause(300 * (attempt + 1));
    // All of it went in one piece, as a rule: nothing is read again to see that nothing is left.
    if (isDust(wanted.minus(sold).toFixed(), held.entryPrice, rules)) {
      if (fills) after = booksFrom(current, orders, [...books.fills, ...fills]);
      break;
    }
    current = (await desk.deps.repositories.positions.get(current.id)) ?? current;
    books = await booksOf(desk, current);
  }
  // A protection that filled in part was not what ended it: the sale that followed was.
  const filledAs = sold.isZero() ? (freed.filled ?? reason) : reason;
  if (fraction < 1) return afterPart(desk, freed.position);
  return closeBooks(desk, current, filledAs, after);
}

const coarser = (one: string, other: string): string => (Number(other) > Number(one) ? other : one);

/**
 * Sells once under a new id, or resolves the sale that was begun; without a report where the exchange did not take it.
 * `fills`: its own, where nobody had stored them before. `isShort`: because there is not as much to be sold.
 * `mayFollow`: to prove that it never came took its time, and the next is not sent hastily.
 */
async function sendSell(
  desk: Desk,
  position: StoredPosition,
  known: readonly StoredOrder[],
  quantity: string,
  exitReason: ExitReason | null,
): Promise<{ report: OrderReport | null; fills?: Fill[]; isShort: boolean; mayFollow: boolean }> {
  const { symbol } = position;
  const sent = known.filter(isSale);
  const begun = sent.find(isUnresolved);
  const generation = begun ? begun.generation : sent.reduce((most, order) => Math.max(most, order.generation + 1), 0);
  const exitIntent = intentId({ userId: desk.userId, cycle: generation, symbol, purpose: 'EXIT', epoch: position.id });
  const id = clientOrderId({ intentId: exitIntent, leg: 'exit', generation });
  const settled = await place(desk, {
    symbol,
    orders: [
      {
        userId: desk.userId,
        intentId: exitIntent,
        clientOrderId: id,
        symbol,
        side: 'SELL',
        type: 'MARKET',
        purpose: exitReason === 'emergency' ? 'EMERGENCY' : 'EXIT',
        quantity,
        mode: desk.mode,
        generation,
        positionId: position.id,
        exitReason,
      },
    ],
    send: async (fence) => [
      await desk.account.placeOrder({ symbol, side: 'SELL', type: 'MARKET', quantity, clientOrderId: id, fence }),
    ],
  });
  if (settled.kind !== 'known') {
    const why = settled.kind === 'rejected' ? settled.error.message : settled.why;
    desk.lines.push({
      level: 'WARNING',
      component: 'EXECUTOR',
      message: `${symbol} SELL ${quantity} not taken: ${why}`,
      data: { positionId: position.id, clientOrderId: id },
    });
    return { report: null, isShort: lacksHolding(settled), mayFollow: settled.kind === 'gone' && !!settled.proven };
  }
  let report = settled.reports[0]!;
  let evidence: Evidence = settled.evidence;
  for (let round = 0; isWorking(report) && round < 20; round++) {
    if (round >= 5) await desk.account.cancelOrder(symbol, id).catch(() => null);
    await desk.pause(200);
    report = (await desk.account.queryOrder(symbol, id)) ?? report;
    evidence = 'query';
  }
  const { fills, areNew } = await takeFillsOnce(desk, report, evidence);
  crashPoint('after-answer-noted');
  desk.lines.push({
    level: 'INFO',
    component: 'EXECUTOR',
    message: `${symbol} SELL ${report.executedQuantity} at market`,
    data: { positionId: position.id, clientOrderId: id, status: report.status },
  });
  return { report, ...(areNew ? { fills } : {}), isShort: false, mayFollow: true };
}

const isSale = ({ purpose }: StoredOrder): boolean => purpose === 'EXIT' || purpose === 'EMERGENCY';
const tookPart = ({ purpose, exitReason, filledQuantity }: StoredOrder): boolean =>
  purpose === 'EXIT' && exitReason === 'target' && filledQuantity > 0;

/**
 * What a position really is before anything is put up for it: a sale that an earlier attempt has begun is followed to
 * its end, and what all fills make of it counts, not what was noted last. One that is sold is closed, for the reason of
 * its last sale.
 * @returns the position as it stands; CLOSED where nothing was left to look after
 */
export async function asItStands(desk: Desk, position: StoredPosition): Promise<StoredPosition> {
  const { positions } = desk.deps.repositories;
  let books = await booksOf(desk, position);
  const begun = books.orders.find((order) => isSale(order) && isUnresolved(order));
  if (begun) {
    const { quantity, exitReason = null } = begun;
    await sendSell(desk, position, books.orders, String(quantity), exitReason);
    books = await booksOf(desk, position);
  }
  const { quantity, realizedPnl } = books.position;
  const rules = await desk.rules(position.symbol);
  if (books.fills.some(({ side }) => side === 'SELL') && isDust(quantity, position.entryPrice, rules))
    await closeBooks(desk, position, reasonOf(books.orders));
  else {
    // A part that was taken is not taken again.
    const partialTaken = position.partialTaken || books.orders.some(tookPart);
    const isSame = Number(quantity) === Number(position.quantity) && partialTaken === position.partialTaken;
    if (!isSame && !(await positions.update(position.id, position.version, { quantity, realizedPnl, partialTaken }))) {
      const latest = await positions.get(position.id);
      if (latest && latest.version !== position.version) return asItStands(desk, latest);
    }
  }
  return (await positions.get(position.id)) ?? position;
}

/** Of the last order that sold anything. */
function reasonOf(orders: readonly StoredOrder[]): ExitReason {
  const last = orders
    .filter((order) => order.side === 'SELL' && order.filledQuantity > 0)
    .sort((a, b) => a.updatedAt.getTime() - b.updatedAt.getTime())
    .at(-1);
  if (last?.purpose === 'STOP') return 'stop';
  if (last?.purpose === 'TARGET') return 'target';
  return last?.exitReason ?? (last?.purpose === 'EMERGENCY' ? 'emergency' : 'manual');
}

export const isLeg = ({ purpose }: StoredOrder): boolean => purpose === 'STOP' || purpose === 'TARGET';

/** A leg of a protection that is not known to have ended. */
export const mayRest = (order: StoredOrder): boolean =>
  isLeg(order) && ['SUBMITTING', 'UNKNOWN', 'ACKNOWLEDGED', 'PARTIALLY_FILLED'].includes(order.status);

export interface Freed {
  position: StoredPosition;
  /** The protection that executed before it could be cancelled. */
  filled: 'stop' | 'target' | null;
  /** All that were sent for the position, as far as anything executed of them; where the cancels changed nothing of that. */
  orders?: StoredOrder[];
}

/** Cancels the protective list and asks what became of its legs: only final legs free the holding. */
export async function takeProtectionOff(desk: Desk, position: StoredPosition): Promise<Freed> {
  const { orders, positions } = desk.deps.repositories;
  const sent = await orders.ofPosition(desk.userId, position.id);
  const legs = sent.filter(mayRest);
  const listId = position.protection?.orderListId || legs.find((order) => order.orderListId)?.orderListId;
  let filled: Freed['filled'] = null;
  for (let round = 0; legs.length > 0; round++) {
    desk.heartbeat(`cancelling protection of ${position.symbol}`);
    const ids = legs.map((order) => order.clientOrderId);
    const asked = desk.exchangeNow();
    const told = await cancelLegs(desk, position.symbol, listId && listId !== '-1' ? listId : null, ids);
    // Where the cancel's own answer tells of every leg, nothing is asked again: the holding is free from here on.
    const final = ids.every((id) => told.some((report) => report.clientOrderId === id && !isWorking(report)));
    const reports = final ? told : await Promise.all(ids.map((id) => desk.account.queryOrder(position.symbol, id)));
    const working = reports.some((report) => report && isWorking(report));
    // Absence is no proof while reads may lag behind, nor before the fence of a leg has passed that is on its way.
    const mayCome = legs.some(
      (leg) =>
        !reports.some((report) => report?.clientOrderId === leg.clientOrderId) &&
        asked <= absenceProvenAfter(desk, leg),
    );
    if (!working && !mayCome) {
      const bare = bareFrom(desk, position);
      const alongside = positions.updating(position.id, position.version, bare);
      const noted = await asBare(() => noteEnded(desk, legs, reports, alongside));
      if (noted === 'cancelled') return { position: updated(position, bare), filled: null, orders: sent };
      filled = noted;
      break;
    }
    if (working && round >= 20)
      throw new Error(`${position.symbol}: the protection of ${position.id} can't be cancelled`);
    await desk.pause(200);
  }
  const without = async (seen: StoredPosition): Promise<StoredPosition | null> => {
    const bare = bareFrom(desk, seen);
    return (await positions.update(seen.id, seen.version, bare)) ? updated(seen, bare) : null;
  };
  const latest = async (): Promise<StoredPosition> => (await positions.get(position.id)) ?? position;
  const freed = await without(position);
  if (freed && legs.length === 0) return { position: freed, filled, orders: sent };
  return { position: freed ?? (await without(await latest())) ?? (await latest()), filled };
}

type Bare = Pick<StoredPosition, 'protection' | 'unprotectedSince'>;
const bareFrom = ({ deps }: Desk, { unprotectedSince }: StoredPosition): Bare => ({
  protection: null,
  unprotectedSince: unprotectedSince ?? deps.now(),
});
const updated = (position: StoredPosition, bare: Bare): StoredPosition => ({
  ...position,
  ...bare,
  version: position.version + 1,
});

/**
 * Notes how the legs ended.
 * @param alongside written in the same message where neither executed and nobody noted anything meanwhile: `cancelled`
 */
async function noteEnded(
  desk: Desk,
  legs: readonly StoredOrder[],
  reports: readonly (OrderReport | null)[],
  alongside: Write,
): Promise<Freed['filled'] | 'cancelled'> {
  const { orders, inOrder } = desk.deps.repositories;
  let filled: Freed['filled'] = null;
  const told = reports.filter((report) => report !== null);
  const moves = told.map((report) => {
    const stored = legs.find(({ clientOrderId }) => clientOrderId === report.clientOrderId);
    return Number(report.executedQuantity) === 0 && stored ? cancelNote(report, stored.status) : null;
  });
  const known = moves.filter((move) => move !== null);
  if (known.length === reports.length && (await inOrder([...known.map((move) => orders.moving(move)), alongside])))
    return 'cancelled';
  for (const report of told) {
    await takeFills(desk, report, 'cancel');
    if (Number(report.executedQuantity) > 0) filled = report.type === 'LIMIT_MAKER' ? 'target' : 'stop';
  }
  return filled;
}

const isWorking = ({ status }: OrderReport): boolean => ['NEW', 'PARTIALLY_FILLED', 'PENDING_CANCEL'].includes(status);

/** What the exchange said of the legs; a cancel whose outcome is unknown is answered by the query that follows it. */
async function cancelLegs(desk: Desk, symbol: string, listId: string | null, ids: string[]): Promise<OrderReport[]> {
  try {
    if (listId) return (await desk.account.cancelOrderList(symbol, listId))?.orders ?? [];
    const told: OrderReport[] = [];
    for (const id of ids) {
      const report = await desk.account.cancelOrder(symbol, id);
      if (report) told.push(report);
    }
    return told;
  } catch (error) {
    desk.lines.push({
      level: 'WARNING',
      component: 'EXECUTOR',
      message: `${symbol}: cancel not answered, asking for the orders`,
      data: { error: error instanceof Error ? error.message : String(error) },
    });
    return [];
  }
}

/**
 * Closes the books where nothing that can be sold is left; otherwise the position stays open for the next attempt.
 * @param seen what `position` and its books are, where nothing has to be read again
 */
export async function closeBooks(
  desk: Desk,
  position: StoredPosition,
  reason: ExitReason,
  seen?: Books,
): Promise<'closed' | 'unprotected'> {
  const { positions, trades, signals, inOrder } = desk.deps.repositories;
  const current = seen ? position : ((await positions.get(position.id)) ?? position);
  if (current.status === 'CLOSED') return 'closed';
  const rules = await desk.rules(position.symbol);
  const books = seen ?? (await booksOf(desk, current));
  const sells = books.fills.filter((fill) => fill.side === 'SELL');
  if (!isDust(books.position.quantity, books.position.entryPrice, rules)) {
    await positions.update(position.id, current.version, {
      quantity: books.position.quantity,
      realizedPnl: books.position.realizedPnl,
    });
    return 'unprotected';
  }
  if (books.fills.length === sells.length)
    throw new Error(`${current.symbol}: the books of ${current.id} have no entry; it is not closed as empty`);
  // Put up by another attempt while this one sold: it would sell something else of the account.
  if (current.protection && books.orders.some(mayRest)) {
    await takeProtectionOff(desk, current);
    return closeBooks(desk, position, reason);
  }
  const exitReason = sells.length > 0 ? reason : 'dust';
  const now =
    (await desk.venue.market.tickers([position.symbol])).get(position.symbol)?.marketTime ?? books.position.entryTime;
  const trade = closeTrade({ position: books.position, fills: sells, exitReason, now });
  crashPoint('before-books-close');
  const day = dayKey(trade.exitTime, desk.config.timeZone);
  // Told before the position is closed: whoever is killed in between is followed by an attempt that tells it again.
  await tellClosed(desk, trade);
  const exit = {
    exitTime: trade.exitTime,
    exitPrice: trade.exitPrice,
    exitReason,
    realizedPnl: trade.pnl,
    quantity: books.position.quantity,
  };
  const { signalId, version, strategy, leadingStrategy } = current;
  const context = { day, mode: desk.mode, strategy, leadingStrategy };
  // A kill in between leaves the position open, and whoever comes next does all of it.
  const end = signalId ? [signals.deactivating(signalId)] : [];
  const closing = positions.closing(position.id, version, exit);
  if (await inOrder([trades.inserting(desk.userId, trade, context), ...end, closing])) return 'closed';
  if (seen) return closeBooks(desk, position, reason);
  await trades.insert(desk.userId, trade, context);
  if (!(await positions.close(position.id, version, exit)) && (await positions.get(position.id))?.status !== 'CLOSED')
    throw new Error(`${position.symbol}: another attempt has written ${position.id} meanwhile; it is looked at again`);
  if (signalId) await signals.deactivate(signalId);
  return 'closed';
}

export const closeAsDust = (desk: Desk, position: StoredPosition): Promise<'closed' | 'unprotected'> =>
  closeBooks(desk, position, 'dust');

async function afterPart(desk: Desk, position: StoredPosition): Promise<Sold> {
  const { positions } = desk.deps.repositories;
  const current = (await positions.get(position.id)) ?? position;
  const books = await booksOf(desk, current);
  const rules = await desk.rules(position.symbol);
  if (isDust(books.position.quantity, books.position.entryPrice, rules)) return closeBooks(desk, current, 'target');
  await positions.update(position.id, current.version, {
    quantity: books.position.quantity,
    realizedPnl: books.position.realizedPnl,
    // Where the exchange took nothing of it, it is tried again.
    partialTaken: current.partialTaken || books.orders.some(tookPart),
  });
  return 'unprotected';
}

/** The event's id makes it one message however often it is told; one that can't be told now goes with the report. */
async function tellClosed(desk: Desk, trade: ReturnType<typeof closeTrade>): Promise<void> {
  const { symbol, quantity, exitPrice, pnl, pnlPct, exitReason, positionId } = trade;
  const message = `${symbol} closed (${exitReason}): ${quantity} at ${exitPrice}, PnL ${Number(pnl).toFixed(2)} (${pnlPct.toFixed(2)} %)`;
  if (desk.lines.some((line) => line.message === message)) return;
  desk.lines.push({ level: 'INFO', component: 'POSITION', message, data: { positionId, exitReason, pnl } });
  const type =
    exitReason === 'stop' ? 'STOP_LOSS_HIT' : exitReason === 'target' ? 'PROFIT_TARGET_HIT' : 'TRADE_EXECUTED';
  const event: EventToSend = {
    eventId: `closed-${positionId}`,
    type,
    symbol,
    data: {
      side: 'SELL',
      quantity,
      price: exitPrice,
      pnl: Number(pnl).toFixed(2),
      pnlPct: pnlPct.toFixed(2),
      exitReason,
      mode: desk.mode,
    },
  };
  await desk.deps.notify(desk.userId, event).catch(() => void desk.events.push(event));
}
