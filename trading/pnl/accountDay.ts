/**
 * An account's day and peak from look to look. Profit and loss come from our own trades and positions only; capital
 * moves by what others did (deposits, withdrawals, trades by hand) and is no profit, no loss and no drawdown.
 */
import { decimal } from '../orders/decimal.js';
import { rollDay, trackPeak } from './valuation.js';

/** Kept from look to look. Money in quote units. */
export interface AccountBaseline {
  day: string;
  /** The day that was the account's before it; trades of it may still be recorded. */
  previousDay?: string;
  dayStartEquity: number;
  peakEquity: number;
  initialEquity: number;
  /** Each position's PnL when the day began: what it makes today is measured from there. */
  positionPnl: Record<string, number>;
  /** Of the trades closed before `previousDay` (before `day` while there is none). */
  realizedBefore: number;
  feesBefore: number;
  /** Equity less all profit: moved by others only. */
  capital: number;
  /** The quote asset's capital as the account's book had it at the last look, a decimal string. */
  recognised?: string;
}

export interface ClosedPart {
  positionId: string;
  /** The user's day on which it was closed. */
  day: string;
  pnl: number;
  fees: number;
}

export interface AccountLook {
  day: string;
  /** Quote and positions at the market. */
  equity: number;
  /** Open positions' PnL, realised parts included. */
  open: readonly { id: string; pnl: number }[];
  /** Trades closed from `firstDayOf(baseline)` on. */
  trades: readonly ClosedPart[];
  /** The quote asset's capital as the account's book has it now, a decimal string; undefined before there is a book. */
  recognised: string | undefined;
}

export interface AccountDay {
  baseline: AccountBaseline;
  dailyPnl: number;
  dailyPnlPct: number;
  drawdownPct: number;
  /** Capital and profit: the equity without what nobody has explained yet. */
  explainedEquity: number;
  /** What others moved since the last look. */
  transfer: number;
  realizedPnl: number;
  /** Of closed trades. */
  fees: number;
}

/** From which day on trades are to be handed to `followAccount`. */
export const firstDayOf = (known: AccountBaseline | null, today: string): string =>
  known ? (known.previousDay ?? known.day) : today;

export function followAccount(known: AccountBaseline | null, look: AccountLook): AccountDay {
  const rolled = roll(known, look);
  const from = firstDayOf(rolled, look.day);
  const recent = look.trades.filter(({ day }) => day >= from);
  const openPnl = sum(look.open.map(({ pnl }) => pnl));
  const realizedPnl = rolled.realizedBefore + sum(recent.map(({ pnl }) => pnl));

  const transfer = moved(known?.recognised, look.recognised);
  const capital = rolled.capital + transfer;
  const explainedEquity = capital + realizedPnl + openPnl;
  const yesterday = known && { key: known.day, openingEquity: known.dayStartEquity + transfer };
  const dayStartEquity = rollDay(yesterday, look.day, explainedEquity).openingEquity;
  const { peakEquity, drawdownPct } = trackPeak(rolled.peakEquity, explainedEquity, transfer);

  // A stop that filled before midnight and was recorded after it: what it moved since midnight is today's.
  const base = rolled.positionPnl;
  const closedToday = recent.filter(({ day, positionId }) => day === look.day || positionId in base);
  const dailyPnl =
    sum(closedToday.map((trade) => trade.pnl - (base[trade.positionId] ?? 0))) +
    sum(look.open.map(({ id, pnl }) => pnl - (base[id] ?? 0)));
  return {
    baseline: {
      ...rolled,
      dayStartEquity,
      peakEquity,
      capital,
      ...(look.recognised === undefined ? {} : { recognised: look.recognised }),
    },
    dailyPnl,
    dailyPnlPct: dayStartEquity > 0 ? (dailyPnl / dayStartEquity) * 100 : 0,
    drawdownPct,
    explainedEquity,
    transfer,
    realizedPnl,
    fees: rolled.feesBefore + sum(recent.map(({ fees }) => fees)),
  };
}

const moved = (before: string | undefined, now: string | undefined): number =>
  before === undefined || now === undefined || before === now ? 0 : decimal(now).minus(before).toNumber();

/** The baseline with the day's turn done: what is open keeps its PnL of now as the point it is measured from. */
function roll(known: AccountBaseline | null, look: AccountLook): AccountBaseline {
  if (known?.day === look.day) return known;
  const positionPnl = Object.fromEntries(look.open.map(({ id, pnl }) => [id, pnl]));
  if (!known)
    return {
      day: look.day,
      dayStartEquity: look.equity,
      peakEquity: look.equity,
      initialEquity: look.equity,
      positionPnl,
      realizedBefore: 0,
      feesBefore: 0,
      capital: look.equity - sum(look.open.map(({ pnl }) => pnl)) - sum(look.trades.map(({ pnl }) => pnl)),
    };
  const past = look.trades.filter(({ day }) => day < known.day);
  return {
    ...known,
    day: look.day,
    previousDay: known.day,
    positionPnl,
    realizedBefore: known.realizedBefore + sum(past.map(({ pnl }) => pnl)),
    feesBefore: known.feesBefore + sum(past.map(({ fees }) => fees)),
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
