/** Documents as the API shows them: ids and ISO times instead of _id and dates, and nothing that is ours alone. */
import type {
  AuditDocument,
  BacktestDocument,
  LogDocument,
  NotificationDocument,
  OrderDocument,
  PerformanceDocument,
  PositionDocument,
  SignalDocument,
  TradeDocument,
} from '../../adapters/database/documents.js';
import type { ApiDependencies } from '../dependencies.js';
import { soonOr } from '../../adapters/within.js';

const iso = (date: Date): string => date.toISOString();
const isoOrNull = (date: Date | null): string | null => date?.toISOString() ?? null;

export type LogView = ReturnType<typeof log>;
export const log = ({ _id, userId, timestamp, logLevel, component, message, data }: LogDocument) => ({
  id: _id,
  userId,
  timestamp: iso(timestamp),
  logLevel,
  component,
  message,
  data,
});

export type SignalView = ReturnType<typeof signal>;
export const signal = ({
  _id,
  expiresAt: _expiry,
  updatedAt: _updated,
  forgetAt: _forget,
  ...rest
}: SignalDocument) => ({
  id: _id,
  ...rest,
  contributions: rest.contributions ?? [],
  analyst: rest.analyst ?? null,
  createdAt: iso(rest.createdAt),
  executedAt: isoOrNull(rest.executedAt),
  candleTime: iso(rest.candleTime),
});

export type OrderView = ReturnType<typeof order>;
export const order = ({ _id, ...rest }: OrderDocument) => ({
  id: _id,
  ...rest,
  exitReason: rest.exitReason ?? null,
  transitions: rest.transitions.map((one) => ({ ...one, at: iso(one.at) })),
  createdAt: iso(rest.createdAt),
  updatedAt: iso(rest.updatedAt),
});

export type TradeView = ReturnType<typeof trade>;
export const trade = ({ _id, day: _day, recordedAt: _recorded, ...rest }: TradeDocument) => ({
  id: _id,
  ...rest,
  strategy: rest.strategy ?? null,
  leadingStrategy: rest.leadingStrategy ?? null,
  entryTime: iso(rest.entryTime),
  exitTime: iso(rest.exitTime),
});

export type PositionView = ReturnType<typeof position>;
/** @param price of the last trade, quote units; null where it is not known */
export function position(document: PositionDocument, price: number | null) {
  const { _id, version: _version, entryFee, ...rest } = document;
  const held = rest.status === 'CLOSED' ? null : price;
  const paid =
    rest.quantity * rest.entryPrice + (rest.entryQuantity > 0 ? (entryFee * rest.quantity) / rest.entryQuantity : 0);
  const unrealizedPnl = held === null ? null : rest.quantity * held - paid;
  return {
    id: _id,
    ...rest,
    strategy: rest.strategy ?? null,
    leadingStrategy: rest.leadingStrategy ?? null,
    missing: rest.missing ?? 0,
    pendingExit: rest.pendingExit ?? null,
    entryTime: iso(rest.entryTime),
    unprotectedSince: isoOrNull(rest.unprotectedSince),
    exitTime: isoOrNull(rest.exitTime),
    createdAt: iso(rest.createdAt),
    updatedAt: iso(rest.updatedAt),
    currentPrice: held,
    unrealizedPnl,
    unrealizedPnlPct: unrealizedPnl === null || paid === 0 ? null : (unrealizedPnl / paid) * 100,
  };
}

/** News of a position do not wait for a price, ms: the page has prices of its own. */
export const NEWS_PATIENCE_MS = 250;

/** Positions valued at the newest prices; where the exchange doesn't answer within `patienceMs`, without prices. */
export async function positionsAtMarket(
  deps: Pick<ApiDependencies, 'venue'>,
  documents: readonly PositionDocument[],
  patienceMs: number,
): Promise<PositionView[]> {
  const prices = new Map<string, number>();
  for (const mode of ['paper', 'live'] as const) {
    const held = documents.filter((one) => one.mode === mode && one.status !== 'CLOSED').map(({ symbol }) => symbol);
    if (held.length === 0) continue;
    const tickers = await soonOr(
      Promise.resolve().then(() => deps.venue(mode).market.tickers([...new Set(held)])),
      patienceMs,
      new Map<string, { last: number }>(),
    );
    for (const [symbol, { last }] of tickers) prices.set(`${mode} ${symbol}`, last);
  }
  return documents.map((one) => position(one, prices.get(`${one.mode} ${one.symbol}`) ?? null));
}

export const equity = ({
  _id,
  userId: _owner,
  recordedAt: _recorded,
  cycle: _cycle,
  fees: _fees,
  unitValue: _value,
  unitsSince: _since,
  ...rest
}: PerformanceDocument) => ({
  ...rest,
  timestamp: iso(rest.timestamp),
});

export type NotificationView = ReturnType<typeof notification>;
export const notification = ({ _id, userId: _owner, updatedAt: _updated, ...rest }: NotificationDocument) => ({
  id: _id,
  ...rest,
  deliveries: rest.deliveries.map((one) => ({ ...one, at: isoOrNull(one.at) })),
  readAt: isoOrNull(rest.readAt),
  createdAt: iso(rest.createdAt),
});

export const auditEntry = (document: AuditDocument, actor: string | null) => ({
  id: String(document._id),
  at: iso(document.at),
  actorId: document.actorId,
  actor,
  userId: document.userId,
  action: document.action,
  target: document.target,
  changes: document.changes,
  hash: document.hash,
});

export const run = ({ _id, userId: _owner, ...rest }: BacktestDocument) => ({
  id: _id,
  ...rest,
  createdAt: iso(rest.createdAt),
  updatedAt: iso(rest.updatedAt),
  finishedAt: isoOrNull(rest.finishedAt),
});
