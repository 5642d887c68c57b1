/** A user's account as the exchange has it, and what explains it: our trades, what was there before, money from outside. */
import { Decimal } from 'decimal.js';
import type { AccountBookDocument, AccountNoticeDocument, SeenTransfer } from '../../adapters/database/documents.js';
import type { Balance, TransferRecord } from '../../adapters/exchange/port.js';
import { asView } from '../../adapters/exchange/priority.js';
import { FILL_BY_PRIORITY } from '../../adapters/exchange/weightBudget.js';
import { type Amounts, differenceOf, effectOf, plus, sumOf, totalsOf } from '../../trading/reconcile/index.js';
import type { VenueMode } from '../../trading/types.js';
import type { ApiDependencies } from '../dependencies.js';
import { pageByTime } from '../http/paging.js';
import { API_WEIGHT_SHARE } from '../venues.js';
import { createSharedReads } from './sharedReads.js';

/** Weight of one look at balances; a page that is open asks every ten seconds. */
const LOOK_WEIGHT = 20;
/** Balances are looked at anew after this where nothing of ours has moved, ms; more seldom the more accounts are open. */
const IDLE_MS = 10_000;
/** And after this where something has, ms. */
const MOVED_MS = 2_000;
/** An order is written down a moment after the exchange has moved the balance for it. */
const AROUND_MS = 2_000;
/** Idle looks of all accounts together may take this part of the weight that is there for what pages show of accounts. */
const IDLE_SHARE = 0.5;
/** The exchange's records are asked for at most so often an account: they are dear there. */
const RECORDS_MS = 15_000;
const READS = {
  keepMs: IDLE_MS,
  patienceMs: 2_000,
  firstPatienceMs: 10_000,
  usableMs: 600_000,
  failureMs: 1_000,
  most: 1_000,
};

/**
 * One look at an account for all pages that are open on it, and the last one where the exchange does not answer (`asOf`
 * says from when). Looks at accounts go after everything else, so that pages full of them leave weight to the charts.
 */
export function createAccountViews(
  deps: Pick<ApiDependencies, 'venue' | 'repositories' | 'database'>,
  now: () => number = Date.now,
) {
  const balances = createSharedReads<Balance[]>({ ...READS, now });
  const recorded = createSharedReads<TransferRecord[]>({ ...READS, now });

  return async (userId: string, mode: VenueMode) => {
    const venue = deps.venue(mode);
    const key = await venue.key(userId);
    const exchange = venue.exchange.account(key);
    // Other keys may open another account.
    const account = `${mode}:${userId}:${key.apiKey}`;
    const idleMs = idleTime(balances.asked(60_000), venue.exchange.health().weightLimit);
    const since = balances.last(account)?.at;
    const moved = since !== undefined && (await hasMoved(deps, userId, new Date(since - AROUND_MS)));
    const [held, records, stored, notices] = await Promise.all([
      balances.read(account, () => asView(() => exchange.balances()), moved ? MOVED_MS : idleMs),
      // Nothing where the exchange can't be asked or does not tell: what trading has seen is shown all the same.
      recorded
        .read(account, () => asView(() => exchange.transfers()), Math.max(RECORDS_MS, idleMs))
        .catch(() => ({ value: [] })),
      deps.repositories.accountBooks.get(userId, mode),
      noticesOf(deps, userId),
    ]);
    return {
      mode,
      asOf: new Date(held.at).toISOString(),
      balances: held.value.map((one) => ({ ...one, total: new Decimal(one.free).plus(one.locked).toFixed() })),
      transfers: transfersOf(stored, records.value),
      /** null until trading has looked at the account. */
      explained: stored && explanationOf(await withNewFills(deps, stored), totalsOf(held.value)),
      notices,
    };
  };
}

/**
 * How long balances serve while nothing moves, ms.
 * @param accounts that pages are open on
 * @param weightLimit of the address, a minute
 */
export function idleTime(accounts: number, weightLimit: number): number {
  const looksAMinute = (weightLimit * API_WEIGHT_SHARE * FILL_BY_PRIORITY.views * IDLE_SHARE) / LOOK_WEIGHT;
  return Math.max(IDLE_MS, (accounts * 60_000) / looksAMinute);
}

/** Whether an order of the user was placed, filled or taken off since: that is what moves balances. */
async function hasMoved({ database }: Pick<ApiDependencies, 'database'>, userId: string, since: Date) {
  return (await database.models.orders.exists({ userId, updatedAt: { $gt: since } })) !== null;
}

const MOST_NOTICES = 100;
/** As long as they are kept. */
const NOTICED_WITHIN_MS = 90 * 86_400_000;

/** What looks at the account have found (activities/account/findings.ts), the newest first. */
async function noticesOf({ database }: Pick<ApiDependencies, 'database'>, userId: string) {
  const oldest = new Date(Date.now() - NOTICED_WITHIN_MS);
  const { items } = await pageByTime<AccountNoticeDocument>(
    { collection: database.models.accountNotices, userId, time: 'at', filter: {}, oldest },
    { limit: MOST_NOTICES },
  );
  return items.map(({ _id, at, level, code, message }) => ({ id: _id, at: at.toISOString(), level, code, message }));
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
