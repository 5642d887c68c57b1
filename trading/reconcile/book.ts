/**
 * An account explained to the last unit: what the exchange has of each asset is what was there before, plus what our
 * own fills moved, plus what others moved. The book keeps these sums apart; whatever they leave over is a difference.
 */
import type { Fill, Position } from '../types.js';
import { Decimal, decimal } from '../orders/decimal.js';
import { type Amounts, type Balance, effectOf, heldBy, isNothing, minus, plus, sumOf, totalsOf } from './amounts.js';
import type { ReconcileCode } from './rules.js';

export interface AccountBook {
  /** On the account when it was first looked at, less what our own orders had moved by then. */
  before: Amounts;
  own: Amounts;
  /** By orders that are not ours. */
  foreign: Amounts;
  /** Recorded by the exchange; withdrawals are negative. */
  deposits: Amounts;
  withdrawals: Amounts;
  /** Changes that no record explains, accepted after they were seen again. */
  unrecorded: Amounts;
  /** Transfers counted so far: what each moved, 0 for one that was there before. */
  transfers: Readonly<Record<string, string>>;
  /** A difference seen and not yet accepted. */
  pending: { difference: Amounts; since: number; reading: number } | null;
}

/** A deposit or withdrawal as the exchange has recorded it. */
export interface TransferRecord {
  /** Unique among deposits and withdrawals. */
  id: string;
  asset: string;
  /** What the balance changed by, fees included; negative for a withdrawal; 0 where it was refused or is not credited yet. */
  amount: string;
  /** Real time, ms. */
  time: number;
}

export interface Evidence {
  /** Free and locked as the exchange has them, and the real time of that answer, ms. Read after all the rest. */
  totals: Amounts;
  reading: number;
  /** Fills of our books that the book has not counted. */
  ownFills: readonly Fill[];
  /** Trades that the exchange told of and that are not ours. */
  foreignTrades: readonly Fill[];
  /** All that the exchange has, whether counted or not; null where it was not asked or does not tell. */
  transfers: readonly TransferRecord[] | null;
  /** Base units by asset that our open positions hold. */
  held: Amounts;
  /** No order of ours is under way. */
  quiet: boolean;
}

export interface Finding {
  code: ReconcileCode;
  /** Names what was found: the same thing found again has the same id. */
  id: string;
  asset?: string;
  amount?: string;
  symbol?: string;
  clientOrderId?: string;
}

export interface Reconciled {
  book: AccountBook;
  findings: Finding[];
  /** What is left over and not accepted. */
  unexplained: Amounts;
}

/** A difference must last this long before it is accepted without a record, ms. */
export const CONFIRM_MS = 10_000;

/** The book of an account that is looked at for the first time; `ownFills` are all that our orders ever did on it. */
export function openBook(first: { totals: Amounts; ownFills: readonly Fill[]; transfers: readonly TransferRecord[] }): {
  book: AccountBook;
  findings: Finding[];
} {
  const own = sumOf(first.ownFills.map(effectOf));
  const before = minus(first.totals, own);
  const book: AccountBook = {
    before,
    own,
    foreign: {},
    deposits: {},
    withdrawals: {},
    unrecorded: {},
    // One that is on its way is not counted: it arrives later, as what it is.
    transfers: Object.fromEntries(first.transfers.filter(({ amount }) => +amount !== 0).map(({ id }) => [id, '0'])),
    pending: null,
  };
  const findings = Object.entries(before)
    .filter(([, amount]) => +amount > 0)
    .map(([asset, amount]): Finding => ({ code: 'PRIOR_HOLDING', id: `before-${asset}`, asset, amount }));
  return { book, findings };
}

/** Everything that moved the balances otherwise than by our own fills: the capital, by asset. */
export function capitalOf(book: AccountBook): Amounts {
  return sumOf([book.before, book.foreign, book.deposits, book.withdrawals, book.unrecorded]);
}

/** What the exchange has beyond what the book explains; nothing where they agree to the last unit. */
export function differenceOf(book: AccountBook, totals: Amounts): Amounts {
  return minus(totals, plus(capitalOf(book), book.own));
}

/**
 * Of these assets what our own trades left and no open position holds: remainders below a lot. Never more than lies on
 * the account beside the positions, where others took of it.
 * @param held base units by asset that open positions hold
 */
export function remaindersOf({ own }: AccountBook, assets: readonly string[], totals: Amounts, held: Amounts): Amounts {
  const left = assets.flatMap((asset) => {
    const ours = Decimal.min(decimal(own[asset] ?? '0'), decimal(totals[asset] ?? '0')).minus(held[asset] ?? '0');
    return ours.gt(0) ? [[asset, ours.toFixed()]] : [];
  });
  return Object.fromEntries(left) as Amounts;
}

/**
 * What the remainders of all symbols in this quote that have a price are worth at it, quote units. Decisions go by what they
 * cost (`explainedEquity`).
 */
export function remaindersWorth(
  book: AccountBook,
  account: {
    balances: readonly Balance[];
    positions: readonly Pick<Position, 'symbol' | 'quantity'>[];
    prices: Readonly<Record<string, number>>;
    quote: string;
  },
): number {
  const ending = `/${account.quote}`;
  const priced = Object.entries(account.prices).filter(([symbol]) => symbol.endsWith(ending));
  const assets = priced.map(([symbol]) => symbol.slice(0, -ending.length));
  // Of these alone: an account may hold hundreds of others, and this is asked in every cycle.
  const totals = totalsOf(account.balances.filter(({ asset }) => assets.includes(asset)));
  const left = remaindersOf(book, assets, totals, heldBy(account.positions));
  return priced
    .reduce((sum, [, price], index) => sum.plus(decimal(left[assets[index]!] ?? '0').times(price)), new Decimal(0))
    .toNumber();
}

/** Counts what is new and says what is left over. Counting the same evidence again changes nothing but what is pending. */
export function reconcile(known: AccountBook, evidence: Evidence): Reconciled {
  const findings: Finding[] = [];
  let book: AccountBook = { ...known, own: plus(known.own, sumOf(evidence.ownFills.map(effectOf))) };
  for (const trade of evidence.foreignTrades) {
    const { symbol, tradeId } = trade;
    book = { ...book, foreign: plus(book.foreign, effectOf(trade)) };
    findings.push({ code: 'FOREIGN_TRADE', id: `trade-${symbol}-${tradeId}`, symbol, amount: tradedAmount(trade) });
  }
  for (const record of evidence.transfers ?? []) book = takeTransfer(book, record, findings);
  return settle(book, evidence, findings);
}

const tradedAmount = ({ side, quantity }: Fill): string => (side === 'BUY' ? quantity : `-${quantity}`);

function takeTransfer(book: AccountBook, record: TransferRecord, findings: Finding[]): AccountBook {
  const { id, asset, amount } = record;
  const counted = book.transfers[id];
  if (counted === undefined && +amount === 0) return book;
  // One that was there before the book is part of what was there before.
  if (counted === '0' || counted === amount) return book;
  const moved = minus({ [asset]: amount }, { [asset]: counted ?? '0' });
  if (isNothing(moved)) return book;
  const isWithdrawal = +(counted ?? amount) < 0;
  const code = counted !== undefined && isWithdrawal ? 'WITHDRAWAL_RETURNED' : isWithdrawal ? 'WITHDRAWAL' : 'DEPOSIT';
  findings.push({
    code,
    id: `transfer-${id}${counted === undefined ? '' : '-returned'}`,
    asset,
    amount: moved[asset]!,
  });
  const transfers = { ...book.transfers, [id]: amount };
  return isWithdrawal
    ? { ...book, transfers, withdrawals: plus(book.withdrawals, moved) }
    : { ...book, transfers, deposits: plus(book.deposits, moved) };
}

function settle(book: AccountBook, evidence: Evidence, findings: Finding[]): Reconciled {
  const { totals, reading, held, quiet } = evidence;
  const difference = differenceOf(book, totals);
  if (isNothing(difference)) {
    findings.push(...shortHoldings(book, totals, held));
    return { book: { ...book, pending: null }, findings, unexplained: {} };
  }
  const { pending } = book;
  const same = pending !== null && isNothing(minus(difference, pending.difference));
  if (!same) {
    for (const [asset, amount] of Object.entries(difference))
      findings.push({ code: 'UNEXPLAINED', id: `unexplained-${asset}-${amount}-${reading}`, asset, amount });
    return { book: { ...book, pending: { difference, since: reading, reading } }, findings, unexplained: difference };
  }
  if (!quiet || reading - pending.since < CONFIRM_MS)
    return { book: { ...book, pending: { ...pending, reading } }, findings, unexplained: difference };
  for (const [asset, amount] of Object.entries(difference))
    findings.push({ code: 'UNRECORDED_TRANSFER', id: `unrecorded-${asset}-${amount}-${pending.since}`, asset, amount });
  const accepted = { ...book, pending: null, unrecorded: plus(book.unrecorded, difference) };
  findings.push(...shortHoldings(accepted, totals, held));
  return { book: accepted, findings, unexplained: {} };
}

/** Others took more of an asset than was theirs, and what is left is less than our positions hold. */
function shortHoldings(book: AccountBook, totals: Amounts, held: Amounts): Finding[] {
  const capital = capitalOf(book);
  return Object.entries(held)
    .filter(([asset, quantity]) => +(capital[asset] ?? 0) < 0 && +(totals[asset] ?? 0) < +quantity)
    .map(([asset, quantity]): Finding => {
      const amount = minus({ [asset]: totals[asset] ?? '0' }, { [asset]: quantity })[asset]!;
      return { code: 'HOLDING_SHORT', id: `short-${asset}-${amount}`, asset, amount };
    });
}
