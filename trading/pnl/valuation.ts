import { Decimal, decimal } from '../orders/decimal.js';
import type { Position } from '../types.js';
import { costOf } from './fills.js';

/** Quote units. */
export interface Valuation {
  equity: number;
  positionsValue: number;
  unrealizedPnl: number;
}

/**
 * The account at market prices. `cash` is all quote, free and locked. Unrealised PnL is net of the entry's fees and
 * before the exit's, which are not paid yet and belong to nobody until then. Throws where an open position has no
 * price: a missing one is never substituted.
 */
export function valuation(input: {
  cash: number | string;
  positions: readonly Position[];
  prices: Readonly<Record<string, number | string>>;
}): Valuation {
  let value = new Decimal(0);
  let unrealized = new Decimal(0);
  for (const position of input.positions) {
    if (position.status === 'CLOSED' || +position.quantity === 0) continue;
    const price = input.prices[position.symbol];
    if (price === undefined) throw new Error(`no price for ${position.symbol}, of which ${position.quantity} is held`);
    const worth = decimal(price, `price of ${position.symbol}`).times(position.quantity);
    value = value.plus(worth);
    unrealized = unrealized.plus(worth).minus(costOf(position, decimal(position.quantity)));
  }
  return {
    equity: value.plus(decimal(input.cash, 'cash')).toNumber(),
    positionsValue: value.toNumber(),
    unrealizedPnl: unrealized.toNumber(),
  };
}

/** The account's day, kept from look to look; the opening equity in quote. */
export interface TradingDay {
  key: string;
  openingEquity: number;
}

/** The day as it stands: a new one, opening at this equity, where the key has changed. */
export function rollDay(day: TradingDay | null, key: string, equity: number): TradingDay {
  return day?.key === key ? day : { key, openingEquity: equity };
}

/** Highest equity so far with deposits and withdrawals since the last call moved out of it, and the fall from it. */
export function trackPeak(peak: number, equity: number, transfers = 0): { peakEquity: number; drawdownPct: number } {
  const peakEquity = Math.max(peak + transfers, equity);
  return { peakEquity, drawdownPct: peakEquity > 0 ? Math.max(0, ((peakEquity - equity) / peakEquity) * 100) : 0 };
}
