/**
 * Explains an account's balances to the last unit (trading/reconcile). Every look compares what the exchange has with
 * what the book expects, which costs nothing; the exchange is asked for trades, transfers and open orders only where
 * they differ, and every few minutes to compare order by order. What was found is told before the book is saved, so
 * that a worker that dies in between tells it again under the same ids.
 */
import type { AccountBookDocument, SeenTransfer } from '../../adapters/database/documents.js';
import { ExchangeError } from '../../adapters/exchange/errors.js';
import type { Balance } from '../../adapters/exchange/port.js';
import {
  type AccountBook,
  type Amounts,
  differenceOf,
  type Finding,
  heldBy,
  isNothing,
  openBook,
  plus,
  reconcile,
  sumOf,
  effectOf,
  totalsOf,
  type TransferRecord,
} from '../../trading/reconcile/index.js';
import type { Position, VenueMode } from '../../trading/types.js';
import { accountOf, type ActivityDependencies } from '../dependencies.js';
import type { BalanceBook, BalanceReading } from './balances.js';
import { type Compared, compareOrders } from './compareOrders.js';
import type { CompareTurns } from './compareTurns.js';
import type { KeyWatch } from './liveKeys.js';
import { tellFindings } from './findings.js';
import { type SortedTrades, sortTrades } from './sortTrades.js';

export interface AccountAsked {
  userId: string;
  mode: VenueMode;
  symbols: readonly string[];
  positions: readonly Position[];
  /** Market time, ms. */
  marketTime: number;
  /** Whether no order's outcome is open. */
  quiet: boolean;
}

export interface ExplainedAccount {
  balances: Balance[];
  /** null until the account could be looked at in a quiet moment. */
  book: AccountBook | null;
  unexplained: Amounts;
  /** Something of ours was found that the positions are to be looked after for. */
  attention: boolean;
}

/** An answer that takes longer waits for the next cycle; a cycle's checks have 4 s in all. */
const LIMIT_MS = 2_500;

export interface AccountDesk {
  deps: ActivityDependencies;
  balances: BalanceBook;
  turns: CompareTurns;
  keys: KeyWatch;
}

export async function explainAccount(desk: AccountDesk, asked: AccountAsked): Promise<ExplainedAccount> {
  const { deps, balances, turns } = desk;
  const { userId, mode } = asked;
  const reading = await balances.of(userId, mode);
  const known = explained.get(reading);
  if (known) return { balances: reading.balances, book: known, unexplained: {}, attention: false };
  const stored = await deps.repositories.accountBooks.get(userId, mode);
  if (!stored)
    return asked.quiet ? beginBook(desk, asked) : { ...reading, book: null, unexplained: {}, attention: false };
  const own = await newFills(deps, stored);
  const withOwn = { ...stored.book, own: plus(stored.book.own, sumOf(own.fills.map(effectOf))) };
  const difference = differenceOf(withOwn, totalsOf(reading.balances));
  const agrees = isNothing(difference);
  const turn = turns.take(desk, asked, agrees ? 'compare' : 'explain', stored.comparedAt?.getTime() ?? null);
  if (agrees && !turn) {
    const { book } = reconcile(stored.book, {
      totals: totalsOf(reading.balances),
      reading: reading.at,
      ownFills: own.fills,
      foreignTrades: [],
      transfers: null,
      held: heldBy(asked.positions),
      quiet: asked.quiet,
    });
    if (own.fills.length > 0 || stored.book.pending)
      await deps.repositories.accountBooks.put(userId, mode, { ...stored, ...own.counted, book });
    explained.set(reading, book);
    return { balances: reading.balances, book, unexplained: {}, attention: false };
  }
  const unsettled = { balances: reading.balances, book: withOwn, unexplained: difference, attention: false };
  return turn ? within(LIMIT_MS, lookCloser(desk, asked, stored, difference), unsettled, deps) : unsettled;
}

/**
 * Answers that were explained already: while an idle account is not asked anew there is nothing to compare. Whatever of
 * ours moves asks anew.
 */
const explained = new WeakMap<BalanceReading, AccountBook>();

/** The first look: what is there now is the user's own, but for what our orders had moved. */
async function beginBook({ deps, balances }: AccountDesk, asked: AccountAsked): Promise<ExplainedAccount> {
  const { userId, mode } = asked;
  const { exchange } = await accountOf(deps, userId, mode);
  const transfers = await askedTransfers(exchange.transfers());
  const fills = await deps.repositories.fills.recordedSince(userId, mode, null);
  const { balances: held } = await balances.of(userId, mode, 'fresh');
  const { book, findings } = openBook({ totals: totalsOf(held), ownFills: fills, transfers: transfers.records ?? [] });
  const now = deps.now();
  await tellFindings(deps, userId, findings);
  await deps.repositories.accountBooks.open(userId, mode, {
    version: 1,
    book,
    openedAt: new Date(now),
    openedMarketTime: asked.marketTime,
    ...countedOf(fills, new Date(0)),
    tradeCursors: {},
    seen: [],
    foreignOrders: [],
    comparedAt: null,
  });
  return { balances: held, book, unexplained: {}, attention: false };
}

/** Asks the exchange for everything that may have moved the balances, and counts it. */
async function lookCloser(
  { deps, balances }: AccountDesk,
  asked: AccountAsked,
  stored: AccountBookDocument,
  difference: Amounts,
): Promise<ExplainedAccount> {
  const { userId, mode } = asked;
  const { venue, exchange } = await accountOf(deps, userId, mode);
  const symbols = await symbolsOf(asked, stored, difference, () => venue.exchange.market.symbolRules());
  const [trades, transfers, compared] = await Promise.all([
    sortTrades(deps, exchange, { userId, mode, stored, symbols }),
    isNothing(difference) ? { records: null, told: true } : askedTransfers(exchange.transfers()),
    compareOrders(deps, exchange, { userId, mode, stored, symbols }),
  ]);
  // Balances after the trades: whatever executes in between is a difference that the next look explains.
  const reading = await balances.of(userId, mode, 'fresh');
  const own = await newFills(deps, stored);
  const result = reconcile(stored.book, {
    totals: totalsOf(reading.balances),
    reading: reading.at,
    ownFills: own.fills,
    foreignTrades: trades.foreign,
    transfers: transfers.records,
    held: heldBy(asked.positions),
    quiet: asked.quiet && transfers.told && trades.missing.length === 0,
  });
  const findings = [...trades.findings, ...compared.findings, ...result.findings];
  await tellFindings(deps, userId, findings);
  await deps.repositories.accountBooks.put(userId, mode, {
    ...stored,
    ...own.counted,
    book: result.book,
    tradeCursors: { ...stored.tradeCursors, ...trades.cursors },
    seen: [...stored.seen, ...seenOf(result.findings, transfers.records, deps.now())].slice(-KEPT),
    foreignOrders: [...stored.foreignOrders, ...compared.foreignOrders].slice(-KEPT),
    comparedAt: new Date(deps.now()),
  });
  return {
    balances: reading.balances,
    book: result.book,
    unexplained: result.unexplained,
    attention: needsAttention(trades, compared),
  };
}

const KEPT = 200;

const needsAttention = (trades: SortedTrades, compared: Compared): boolean =>
  trades.missing.length > 0 || compared.attention;

/** Where a venue does not tell of transfers, or the key may not ask, a difference is accepted without a record. */
async function askedTransfers(
  answer: Promise<TransferRecord[]>,
): Promise<{ records: TransferRecord[] | null; told: boolean }> {
  try {
    return { records: await answer, told: true };
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
    return { records: null, told: error.kind === 'NotSupportedByVenue' || error.kind === 'AuthenticationFailed' };
  }
}

/** Symbols whose trades may explain the difference: the user's, and every market between two assets that moved. */
async function symbolsOf(
  asked: AccountAsked,
  stored: AccountBookDocument,
  difference: Amounts,
  listed: () => Promise<Map<string, { base: string; quote: string }>>,
): Promise<string[]> {
  const known = [...asked.symbols, ...asked.positions.map(({ symbol }) => symbol), ...Object.keys(stored.tradeCursors)];
  const moved = Object.keys(difference);
  const between =
    moved.length < 2
      ? []
      : [...(await listed())]
          .filter(([, { base, quote }]) => moved.includes(base) && moved.includes(quote))
          .map(([symbol]) => symbol);
  return [...new Set([...between, ...known])].slice(0, MOST_SYMBOLS);
}

/** One look asks for at most so many: each costs 26 of the address's weight. */
const MOST_SYMBOLS = 6;

/** Fills are counted by when they were recorded; those of the last minutes by id, since they may come out of order. */
const OVERLAP_MS = 300_000;

async function newFills(deps: ActivityDependencies, stored: AccountBookDocument) {
  const since = new Date(stored.countedTo.getTime() - OVERLAP_MS);
  const recorded = await deps.repositories.fills.recordedSince(stored.userId, stored.mode, since);
  const counted = new Set(stored.countedLately);
  return { fills: recorded.filter(({ id }) => !counted.has(id)), counted: countedOf(recorded, stored.countedTo) };
}

function countedOf(recorded: readonly { id: string; recordedAt: Date }[], before: Date) {
  const last = recorded.reduce((latest, { recordedAt }) => Math.max(latest, recordedAt.getTime()), before.getTime());
  const lately = recorded.filter(({ recordedAt }) => recordedAt.getTime() > last - OVERLAP_MS);
  return { countedTo: new Date(last), countedLately: lately.map(({ id }) => id) };
}

const KINDS: Partial<Record<Finding['code'], SeenTransfer['kind']>> = {
  DEPOSIT: 'deposit',
  WITHDRAWAL: 'withdrawal',
  WITHDRAWAL_RETURNED: 'deposit',
  UNRECORDED_TRANSFER: 'unrecorded',
};

function seenOf(findings: readonly Finding[], records: readonly TransferRecord[] | null, now: number): SeenTransfer[] {
  const times = new Map(records?.map(({ id, time }) => [id, time]));
  return findings.flatMap(({ code, id, asset, amount }) => {
    const kind = KINDS[code];
    if (!kind || asset === undefined || amount === undefined) return [];
    const record = id.replace(/^transfer-/, '');
    return [{ id: record, kind, asset, amount, at: new Date(times.get(record) ?? now).toISOString() }];
  });
}

/** The exchange's trouble is no reason to fail the cycle: what could not be asked is asked again. */
async function within<T>(ms: number, work: Promise<T>, otherwise: T, deps: ActivityDependencies): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), ms);
  });
  const safe = work.catch((error: unknown) => {
    if (!(error instanceof ExchangeError)) throw error;
    deps.log.warn({ error: error.message }, 'an account could not be looked at closer now');
    return otherwise;
  });
  try {
    return await Promise.race([safe, late]);
  } finally {
    clearTimeout(timer);
  }
}
