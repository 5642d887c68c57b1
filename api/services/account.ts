/** A user's account as the exchange has it, and what explains it: our trades, what was there before, money from outside. */
import { Decimal } from 'decimal.js';
import type { AccountBookDocument, LogDocument, SeenTransfer } from '../../adapters/database/documents.js';
import type { AccountExchange, TransferRecord } from '../../adapters/exchange/port.js';
import { type Amounts, differenceOf, effectOf, plus, sumOf, totalsOf } from '../../trading/reconcile/index.js';
import type { VenueMode } from '../../trading/types.js';
import type { ApiDependencies } from '../dependencies.js';

/** The exchange's records are asked for at most so often an account: they are dear there. */
const KEEP_MS = 15_000;
const KEPT = 1_000;

export function createAccountViews(deps: Pick<ApiDependencies, 'venue' | 'repositories' | 'database'>) {
  const recorded = new Map<string, { at: number; records: Promise<TransferRecord[]> }>();

  /** Nothing where the exchange can't be asked or does not tell: what trading has seen is shown all the same. */
  function recordsOf(key: string, exchange: AccountExchange, now: number): Promise<TransferRecord[]> {
    const known = recorded.get(key);
    if (known && now - known.at < KEEP_MS) return known.records;
    const records = exchange.transfers().catch(() => []);
    recorded.delete(key);
    recorded.set(key, { at: now, records });
    if (recorded.size > KEPT) recorded.delete(recorded.keys().next().value!);
    return records;
  }

  return async (userId: string, mode: VenueMode, now = Date.now()) => {
    const venue = deps.venue(mode);
    const exchange = venue.exchange.account(await venue.key(userId));
    const [balances, records, stored, notices] = await Promise.all([
      exchange.balances(),
      recordsOf(`${mode}:${userId}`, exchange, now),
      deps.repositories.accountBooks.get(userId, mode),
      noticesOf(deps, userId),
    ]);
    return {
      mode,
      asOf: new Date(now).toISOString(),
      balances: balances.map((one) => ({ ...one, total: new Decimal(one.free).plus(one.locked).toFixed() })),
      transfers: transfersOf(stored, records),
      /** null until trading has looked at the account. */
      explained: stored && explanationOf(await withNewFills(deps, stored), totalsOf(balances)),
      notices,
    };
  };
}

const MOST_NOTICES = 100;

/** What looks at the account have found (activities/account/findings.ts), the newest first. */
async function noticesOf({ database }: Pick<ApiDependencies, 'database'>, userId: string) {
  const key = `${userId}:reconcile-`;
  const found = await database.models.logs
    .find({ _id: { $gte: key, $lt: `${key}\uffff` }, userId })
    .sort({ timestamp: -1 })
    .limit(MOST_NOTICES)
    .lean<LogDocument[]>();
  return found.map(({ _id, timestamp, logLevel, message, data }) => ({
    id: _id,
    at: timestamp.toISOString(),
    level: logLevel,
    code: String(data?.['code'] ?? ''),
    message,
  }));
}

/** What trading has noticed, and what the exchange has recorded and trading has not looked at yet; oldest first. */
function transfersOf(stored: AccountBookDocument | null, records: readonly TransferRecord[]): SeenTransfer[] {
  const counted = new Set(Object.keys(stored?.book.transfers ?? {}));
  const fresh = records
    .filter(({ id, amount }) => +amount !== 0 && !counted.has(id))
    .map(({ id, asset, amount, time }): SeenTransfer => {
      const kind = +amount < 0 ? 'withdrawal' : 'deposit';
      return { id, kind, asset, amount, at: new Date(time).toISOString() };
    });
  return [...(stored?.seen ?? []), ...fresh].sort((a, b) => a.at.localeCompare(b.at));
}

/** With the fills that trading has stored and its next look will count: they are no difference meanwhile. */
async function withNewFills({ repositories }: Pick<ApiDependencies, 'repositories'>, stored: AccountBookDocument) {
  const { userId, mode, countedTo, countedLately, book } = stored;
  const recorded = await repositories.fills.recordedSince(userId, mode, countedTo);
  const fresh = recorded.filter(({ id }) => !countedLately.includes(id));
  return { ...book, own: plus(book.own, sumOf(fresh.map(effectOf))) };
}

/** By asset, decimal strings; the parts and the difference add up to the balance. */
function explanationOf(book: AccountBookDocument['book'], totals: Amounts) {
  const { before, own, foreign, deposits, withdrawals, unrecorded } = book;
  const parts = { before, own, foreign, deposits, withdrawals, unrecorded, difference: differenceOf(book, totals) };
  const assets = new Set([...Object.keys(totals), ...Object.values(parts).flatMap((part) => Object.keys(part))]);
  return [...assets].sort().map((asset) => ({
    asset,
    total: totals[asset] ?? '0',
    pending: book.pending?.difference[asset] ?? '0',
    ...(Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, part[asset] ?? '0'])) as Record<
      keyof typeof parts,
      string
    >),
  }));
}
