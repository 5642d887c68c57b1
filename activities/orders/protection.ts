/**
 * Puts a position's stop and target on the exchange as one list, and knows what to do when the exchange won't have it:
 * a level that was passed meanwhile is acted upon (what the book does not take at the target keeps a stop), a refused list
 * is tried as a plain stop, and a holding that cannot be protected is sold. Only a position that is too small to sell is
 * left, as dust.
 */
import type { NewOrder } from '../../adapters/database/ordersRepository.js';
import type { StoredPosition } from '../../adapters/database/positionsRepository.js';
import { clientOrderId, intentId, isDust, roundQuantityDown } from '../../trading/orders/index.js';
import type { OrderPurpose, Position } from '../../trading/types.js';
import { crashPoint } from '../crashPoints.js';
import { asBare } from '../../adapters/exchange/priority.js';
import type { Desk } from './desk.js';
import {
  asItStands,
  closeAsDust,
  mayRest,
  notePendingExit,
  type Sold,
  sellPosition,
  takeProtectionOff,
} from './exit.js';
import { firstNote, noteReport } from './note.js';
import { type Known, type Placement, type Settled, place } from './place.js';
import { lacksHolding, withoutMissing } from './shortfall.js';

export type Protected = 'protected' | 'closed' | 'unprotected';

/**
 * So many refusals, or so many tries that never got there. Each is a new list under new ids; a list whose fate was lost is
 * resolved before the next one is sent.
 */
const TRIES = 4;

/** @param options `isNew`: the position was opened just now, so nothing was ever sent for it */
export const protect = (
  desk: Desk,
  opened: StoredPosition,
  { isNew = false }: { isNew?: boolean } = {},
): Promise<Protected> => asBare(() => putUp(desk, opened, isNew));

/**
 * Sells all or a part; what the exchange does not take, or what is left, is not bare until somebody tries again.
 * @returns how the sale ended
 */
export async function sellOrProtect(...sale: Parameters<typeof sellPosition>): Promise<Sold> {
  const [desk, position] = sale;
  const outcome = await sellPosition(...sale);
  const left = outcome === 'closed' ? null : await desk.deps.repositories.positions.get(position.id);
  if (left) await protect(desk, left);
  return outcome;
}

async function putUp(desk: Desk, opened: StoredPosition, isNew: boolean): Promise<Protected> {
  if (opened.status === 'CLOSED') return 'closed';
  if (opened.protection) return 'protected';
  let position = isNew ? opened : await asItStands(desk, opened);
  if (position.status === 'CLOSED') return 'closed';
  const rules = await desk.rules(position.symbol);
  let refusals = 0;
  /** Sold at its target as far as the book took it. */
  let atTarget = false;
  for (let attempt = 0; refusals < TRIES; attempt++) {
    // Limits, clocks and connections refuse a sale just as well: nothing is given up for their sake.
    if (attempt - refusals >= TRIES) return 'unprotected';
    const quantity = roundQuantityDown(position.quantity, rules.stepSize);
    if (isDust(quantity, position.stopPrice, rules) && isDust(quantity, position.entryPrice, rules))
      return closeAsDust(desk, position);
    desk.heartbeat(`protecting ${position.symbol}`);
    const { generation, begun } = isNew && attempt === 0 ? FIRST : await nextTry(desk, position);
    const passed = attempt > 0 || generation > 0 ? await levelPassed(desk, position) : null;
    const aboveTarget = atTarget && passed === 'target';
    if (passed && !aboveTarget) {
      const outcome = await sellPosition(desk, position, passed);
      if (outcome === 'closed') return 'closed';
      if (passed === 'stop') return 'unprotected';
      // No list can be placed above its target: what is left has a stop alone until the next look sells it.
      atTarget = true;
      position = (await desk.deps.repositories.positions.get(position.id)) ?? position;
      continue;
    }
    const plain = begun?.plain ?? (aboveTarget || refusals >= 2);
    const settled = await place(
      desk,
      plain ? stopAlone(desk, position, quantity, generation) : listPlacement(desk, position, quantity, generation),
    );
    if (settled.kind === 'known') {
      crashPoint('after-protection-sent');
      const outcome = await adopt(desk, position, settled, quantity);
      if (aboveTarget && outcome === 'protected') await notePendingExit(desk, position.id, 'target');
      return outcome;
    }
    desk.lines.push({
      level: 'WARNING',
      component: 'EXECUTOR',
      message: `${position.symbol}: protection not placed (${whyOf(settled)})`,
      data: { positionId: position.id, generation, plain },
    });
    if (settled.kind !== 'gone') refusals += 1;
    else if (!settled.proven) await desk.pause(300);
    if (!lacksHolding(settled)) continue;
    const shorter = await withoutMissing(desk, position);
    // Somebody's order has locked it: nothing of it can be protected or sold before that ends.
    if (!shorter) return 'unprotected';
    if (shorter.status === 'CLOSED') return 'closed';
    position = shorter;
  }
  desk.lines.push({
    level: 'ERROR',
    component: 'EXECUTOR',
    message: `${position.symbol}: the exchange refuses every protection; selling`,
    data: { positionId: position.id },
  });
  const outcome = await sellPosition(desk, position, atTarget ? 'target' : 'stop');
  return outcome === 'closed' ? outcome : 'unprotected';
}

const whyOf = (settled: Settled): string =>
  settled.kind === 'rejected' ? settled.error.message : settled.kind === 'gone' ? settled.why : '';

interface Try {
  generation: number;
  /** It was begun before and is not decided: it goes on as what it was, a list or a stop alone (`plain`). */
  begun?: { plain: boolean };
}

const FIRST: Try = { generation: 0 };

async function nextTry(desk: Desk, position: StoredPosition): Promise<Try> {
  const sent = await desk.deps.repositories.orders.ofPosition(desk.userId, position.id);
  const stops = sent.filter((order) => order.purpose === 'STOP');
  const open = stops.find(mayRest);
  if (!open) return { generation: stops.reduce((most, order) => Math.max(most, order.generation + 1), 0) };
  const { generation } = open;
  const plain = !sent.some((order) => order.purpose === 'TARGET' && order.generation === generation);
  return { generation, begun: { plain } };
}

/** Stop or target that the market has gone through while nothing stood there. */
export async function levelPassed(desk: Desk, position: Position): Promise<'stop' | 'target' | null> {
  const ticker = (await desk.venue.exchange.market.tickers([position.symbol])).get(position.symbol);
  if (!ticker) return null;
  if (ticker.last <= Number(position.stopPrice)) return 'stop';
  return ticker.last >= Number(position.targetPrice) ? 'target' : null;
}

interface Legs {
  protectionIntent: string;
  stopId: string;
  targetId: string;
  listId: string;
}

export function legsOf(position: Pick<Position, 'id' | 'symbol'>, userId: string, generation: number): Legs {
  const protectionIntent = intentId({
    userId,
    cycle: generation,
    symbol: position.symbol,
    purpose: 'STOP',
    epoch: position.id,
  });
  const idOf = (leg: 'stop' | 'target' | 'list'): string =>
    clientOrderId({ intentId: protectionIntent, leg, generation });
  return { protectionIntent, stopId: idOf('stop'), targetId: idOf('target'), listId: idOf('list') };
}

function leg(
  desk: Desk,
  position: StoredPosition,
  legs: Legs,
  quantity: string,
  generation: number,
  purpose: OrderPurpose,
): NewOrder {
  const stop = purpose === 'STOP';
  return {
    userId: desk.userId,
    intentId: legs.protectionIntent,
    clientOrderId: stop ? legs.stopId : legs.targetId,
    listClientOrderId: legs.listId,
    symbol: position.symbol,
    side: 'SELL',
    type: stop ? 'STOP_LOSS' : 'LIMIT_MAKER',
    purpose,
    quantity,
    price: stop ? null : position.targetPrice,
    stopPrice: stop ? position.stopPrice : null,
    mode: desk.mode,
    generation,
    positionId: position.id,
  };
}

function listPlacement(desk: Desk, position: StoredPosition, quantity: string, generation: number): Placement {
  const legs = legsOf(position, desk.userId, generation);
  const { symbol, stopPrice, targetPrice } = position;
  return {
    symbol,
    orders: [
      leg(desk, position, legs, quantity, generation, 'STOP'),
      leg(desk, position, legs, quantity, generation, 'TARGET'),
    ],
    send: async (fence) => {
      const list = await desk.account.placeOco({
        symbol,
        quantity,
        listClientOrderId: legs.listId,
        targetClientOrderId: legs.targetId,
        targetPrice,
        stopClientOrderId: legs.stopId,
        stopPrice,
        fence,
      });
      return [...list.orders].sort((a) => (a.clientOrderId === legs.stopId ? -1 : 1));
    },
  };
}

function stopAlone(desk: Desk, position: StoredPosition, quantity: string, generation: number): Placement {
  const legs = legsOf(position, desk.userId, generation);
  const { symbol, stopPrice } = position;
  return {
    symbol,
    orders: [leg(desk, position, legs, quantity, generation, 'STOP')],
    send: async (fence) => [
      await desk.account.placeOrder({
        symbol,
        side: 'SELL',
        type: 'STOP_LOSS',
        quantity,
        stopPrice,
        clientOrderId: legs.stopId,
        fence,
      }),
    ],
  };
}

/**
 * Notes the legs and the protection in the position's books, in one message where nobody touched either meanwhile; a
 * list that has already ended is looked after by the next watch.
 */
async function adopt(
  desk: Desk,
  position: StoredPosition,
  { reports, evidence }: Known,
  quantity: string,
): Promise<Protected> {
  const stop = reports.find((report) => report.type !== 'LIMIT_MAKER') ?? reports[0]!;
  const target = reports.find((report) => report.type === 'LIMIT_MAKER');
  const protection = {
    orderListId: stop.orderListId ?? '',
    stopClientOrderId: stop.clientOrderId,
    targetClientOrderId: target?.clientOrderId ?? '',
    quantity,
    kind: target ? ('OCO' as const) : ('STOP' as const),
  };
  const { stopPrice, targetPrice } = position;
  const fields = { protection, unprotectedSince: null, stopPrice, targetPrice };
  const { positions, orders, inOrder } = desk.deps.repositories;
  const atOnce =
    evidence === 'response' &&
    (await inOrder([
      ...reports.map((report) => orders.moving(firstNote(report))),
      positions.updating(position.id, position.version, fields),
    ]));
  if (!atOnce) {
    await Promise.all(reports.map((report) => noteReport(desk, report, evidence)));
    if (await wasClosed(desk, position, fields)) return 'closed';
  }
  crashPoint('after-answer-noted');
  desk.lines.push({
    level: 'INFO',
    component: 'EXECUTOR',
    message: `${position.symbol}: stop ${position.stopPrice}${target ? ` and target ${position.targetPrice}` : ''} on the exchange for ${quantity}`,
    data: { positionId: position.id, stop: stop.clientOrderId, target: target?.clientOrderId ?? null },
  });
  return 'protected';
}

/** Writes the protection whoever else wrote meanwhile; true where the position was sold, and the protection taken off again. */
async function wasClosed(
  desk: Desk,
  position: StoredPosition,
  fields: Parameters<Desk['deps']['repositories']['positions']['update']>[2],
): Promise<boolean> {
  const { positions } = desk.deps.repositories;
  for (let round = 0; ; round++) {
    const current = (await positions.get(position.id)) ?? position;
    // Another attempt has sold it meanwhile: what was put up for it must not sell anything else.
    if (current.status === 'CLOSED') {
      await takeProtectionOff(desk, current);
      return true;
    }
    if ((await positions.update(position.id, current.version, fields)) || round >= 5) return false;
  }
}
