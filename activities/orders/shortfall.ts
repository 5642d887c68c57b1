/**
 * A holding that is shorter than its books: somebody sold or withdrew a part of it. What is left goes on being protected
 * and sold as before; what is missing leaves the position and is no trade of ours.
 */
import { Decimal } from 'decimal.js';
import type { StoredPosition } from '../../adapters/database/positionsRepository.js';
import { shortfallOf } from '../../trading/orders/index.js';
import { booksOf } from './book.js';
import { type Desk, READ_LAG_MS } from './desk.js';
import type { Settled } from './place.js';

/** The exchange says that there is not as much as a sale or a protection would sell. */
export const lacksHolding = (settled: Settled): boolean =>
  settled.kind === 'rejected' && settled.error.kind === 'InsufficientFunds';

/**
 * To be asked where the exchange has refused to sell a position for want of it. Two readings that lie further apart than
 * reads lag have to agree; what another order of the account has locked is not missing.
 * @returns the position without what is missing; null where nothing is
 */
export async function withoutMissing(desk: Desk, position: StoredPosition): Promise<StoredPosition | null> {
  const { positions } = desk.deps.repositories;
  const current = (await positions.get(position.id)) ?? position;
  if (current.status === 'CLOSED') return current;
  const { quantity: wanted } = (await booksOf(desk, current)).position;
  const first = await missingOf(desk, current, wanted);
  if (first.isZero()) return null;
  await desk.pause(READ_LAG_MS);
  const missing = Decimal.min(first, await missingOf(desk, current, wanted));
  if (missing.isZero()) return null;
  const noted = await positions.update(current.id, current.version, {
    missing: missing.plus(current.missing ?? 0).toFixed(),
    quantity: new Decimal(wanted).minus(missing).toFixed(),
  });
  // Where another attempt has written meanwhile, what was read is not what is.
  if (noted) await tell(desk, current, missing);
  return (await positions.get(current.id)) ?? current;
}

async function missingOf(desk: Desk, { symbol }: StoredPosition, wanted: string): Promise<Decimal> {
  const [base] = symbol.split('/');
  const held = (await desk.account.balances()).find(({ asset }) => asset === base);
  return new Decimal(shortfallOf({ wanted, free: held?.free ?? '0', locked: held?.locked ?? '0' }));
}

async function tell(desk: Desk, { id, symbol }: StoredPosition, missing: Decimal): Promise<void> {
  const reason = `${symbol}: ${missing.toFixed()} less is held than this position bought: sold or withdrawn by somebody else; what is left is looked after`;
  desk.lines.push({ level: 'ERROR', component: 'POSITION', message: reason, data: { positionId: id } });
  const event = {
    eventId: `short-${id}-${missing.toFixed()}`,
    type: 'SYSTEM_ERROR' as const,
    data: { component: 'MONITOR', code: 'HOLDING_SHORT', reason },
  };
  await desk.deps.notify(desk.userId, event).catch(() => void desk.events.push(event));
}
