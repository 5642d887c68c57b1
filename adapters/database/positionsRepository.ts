/** Positions. Every update names the version it was decided on; a stale one changes nothing. */
import type { ExitReason, Position, VenueMode } from '../../trading/types.js';
import { insertInto, type Write } from './bulkWrites.js';
import { byId } from './byId.js';
import type { Database } from './connect.js';
import type { PositionDocument } from './documents.js';
import { insertOnce, toDecimal, toNumber } from './values.js';

export interface StoredPosition extends Position {
  userId: string;
  signalId: string | null;
  /** Who decided to enter, and whose vote weighed most in it; null where it is not known. */
  strategy?: string | null;
  leadingStrategy?: string | null;
  mode: VenueMode;
  version: number;
}

/** What a position remembers of the decision that opened it. */
export interface PositionOrigin {
  mode: VenueMode;
  signalId?: string | null;
  strategy?: string | null;
  leadingStrategy?: string | null;
}

export interface PositionExit {
  exitTime: number; // market time, ms
  exitPrice: string;
  exitReason: ExitReason;
  realizedPnl: string;
  quantity?: string; // what is left (dust), '0' unless given
}

const LIVE_STATES = ['OPENING', 'OPEN', 'CLOSING'] as const;

export function createPositionsRepository({ models }: Database) {
  const read = byId<PositionDocument>(models.positions);
  const guarded = async (id: string, version: number, set: Record<string, unknown>, now: Date): Promise<boolean> => {
    return (await models.positions.updateOne({ _id: id, version }, changed(version, set, now))).matchedCount === 1;
  };
  return {
    /** All that is not closed, oldest first. */
    async open(userId: string): Promise<StoredPosition[]> {
      const found = await models.positions.find({ userId, status: { $in: LIVE_STATES } }).lean<PositionDocument[]>();
      return found.map(fromDocument).sort((a, b) => a.entryTime - b.entryTime || a.id.localeCompare(b.id));
    },

    /** Everybody who holds something, whoever acts for them. */
    async holders(): Promise<{ userId: string; mode: VenueMode }[]> {
      const found = await models.positions
        .find({ status: { $in: LIVE_STATES } }, { _id: 0, userId: 1, mode: 1 })
        .lean<{ userId: string; mode: VenueMode }[]>();
      return [...new Map(found.map((one) => [`${one.mode}:${one.userId}`, one])).values()];
    },

    async get(id: string): Promise<StoredPosition | null> {
      const found = await read(id);
      return found ? fromDocument(found) : null;
    },

    /** False where the position is stored already. */
    insert: (userId: string, position: Position, more: PositionOrigin, now = new Date()): Promise<boolean> =>
      insertOnce(() => models.positions.create([newDocument(userId, position, more, now)])),

    /** The same as part of a message of several writes, and the position as it is read afterwards. */
    inserting(
      userId: string,
      position: Position,
      more: PositionOrigin,
      now = new Date(),
    ): { write: Write; stored: StoredPosition } {
      const document = newDocument(userId, position, more, now);
      return { write: insertInto(POSITIONS, document), stored: fromDocument(document) };
    },

    /** Writes the fields given; false where the stored version is another one: load again and decide again. */
    update: (id: string, version: number, fields: Partial<Omit<Position, 'id'>>, now = new Date()): Promise<boolean> =>
      guarded(id, version, toFields(fields), now),

    /** The same as part of a message of several writes. */
    updating: (id: string, version: number, fields: Partial<Omit<Position, 'id'>>, now = new Date()): Write =>
      guardedWrite(id, version, toFields(fields), now),

    close: (id: string, version: number, exit: PositionExit, now = new Date()): Promise<boolean> =>
      guarded(id, version, closed(exit), now),

    /** The same as part of a message of several writes. */
    closing: (id: string, version: number, exit: PositionExit, now = new Date()): Write =>
      guardedWrite(id, version, closed(exit), now),
  };
}

const POSITIONS = 'positions';

const guardedWrite = (id: string, version: number, set: Record<string, unknown>, now: Date): Write => ({
  collection: POSITIONS,
  operation: { updateOne: { filter: { _id: id, version }, update: changed(version, set, now) } },
});

const closed = (exit: PositionExit): Record<string, unknown> => ({
  status: 'CLOSED',
  quantity: toNumber(exit.quantity ?? '0', 'quantity'),
  protection: null,
  unprotectedSince: null,
  pendingExit: null,
  exitTime: new Date(exit.exitTime),
  exitPrice: toNumber(exit.exitPrice, 'exitPrice'),
  exitReason: exit.exitReason,
  realizedPnl: toNumber(exit.realizedPnl, 'realizedPnl'),
});

const changed = (version: number, set: Record<string, unknown>, now: Date) => ({
  $set: { ...set, version: version + 1, updatedAt: now },
});

function newDocument(userId: string, position: Position, more: PositionOrigin, now: Date): PositionDocument {
  return {
    ...(toFields(position) as Omit<PositionDocument, keyof typeof more>),
    _id: position.id,
    userId,
    signalId: more.signalId ?? null,
    strategy: more.strategy ?? null,
    leadingStrategy: more.leadingStrategy ?? null,
    mode: more.mode,
    exitTime: null,
    exitPrice: null,
    exitReason: null,
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
}

const DECIMALS = [
  'quantity',
  'entryQuantity',
  'entryPrice',
  'entryFee',
  'stopPrice',
  'targetPrice',
  'highestPrice',
  'realizedPnl',
] as const;

function toFields(position: Partial<Position>): Record<string, unknown> {
  const { id: _id, ...rest } = position;
  const fields: Record<string, unknown> = { ...rest };
  for (const name of DECIMALS) if (position[name] !== undefined) fields[name] = toNumber(position[name], name);
  if (position.missing !== undefined) fields['missing'] = toNumber(position.missing, 'missing');
  if (position.entryTime !== undefined) fields['entryTime'] = new Date(position.entryTime);
  if (position.unprotectedSince !== undefined) {
    fields['unprotectedSince'] = position.unprotectedSince === null ? null : new Date(position.unprotectedSince);
  }
  if (position.protection) {
    const { quantity, ...protection } = position.protection;
    fields['protection'] = { ...protection, quantity: toNumber(quantity, 'protection.quantity') };
  }
  return fields;
}

function fromDocument(document: PositionDocument): StoredPosition {
  const { protection } = document;
  const decimals = Object.fromEntries(DECIMALS.map((name) => [name, toDecimal(document[name])])) as Record<
    (typeof DECIMALS)[number],
    string
  >;
  return {
    ...decimals,
    ...(document.missing ? { missing: toDecimal(document.missing) } : {}),
    ...(document.pendingExit ? { pendingExit: document.pendingExit } : {}),
    id: document._id,
    userId: document.userId,
    symbol: document.symbol,
    status: document.status,
    entryTime: document.entryTime.getTime(),
    partialTaken: document.partialTaken,
    protection: protection && { ...protection, quantity: toDecimal(protection.quantity) },
    unprotectedSince: document.unprotectedSince?.getTime() ?? null,
    intentId: document.intentId,
    signalId: document.signalId,
    strategy: document.strategy ?? null,
    leadingStrategy: document.leadingStrategy ?? null,
    mode: document.mode,
    version: document.version,
  };
}
