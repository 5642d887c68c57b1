import type { Amount } from '../amounts.js';
import { amountOf, ONE } from '../amounts.js';
import type { Recording } from './files.js';

/** What one may trade of a symbol, as exchangeInfo says it. Amounts in 1e-8 units. */
export interface SymbolRules {
  symbol: string;
  base: string;
  quote: string;
  tick: Amount;
  step: Amount;
  minPrice: Amount;
  maxPrice: Amount;
  minQuantity: Amount;
  maxQuantity: Amount;
  marketMaxQuantity: Amount;
  minNotional: Amount;
  maxNotional: Amount;
  /** PERCENT_PRICE_BY_SIDE, as multiples of the average price of five minutes. */
  multiplierUp: Amount;
  multiplierDown: Amount;
  maxOrders: number;
  maxAlgoOrders: number;
  maxOrderLists: number;
}

export const QUOTES = [
  'FDUSD',
  'USDT',
  'USDC',
  'TUSD',
  'BUSD',
  'USDS',
  'DAI',
  'EUR',
  'GBP',
  'TRY',
  'BRL',
  'JPY',
  'USD',
  'BTC',
  'ETH',
  'BNB',
];

/** The real exchange's filters of the two symbols that ship with the project. */
const KNOWN: Record<string, { tick: number; step: number; maxQuantity: number; marketMaxQuantity: number }> = {
  BTCUSDT: { tick: 0.01, step: 0.00001, maxQuantity: 9_000, marketMaxQuantity: 120 },
  ETHUSDT: { tick: 0.01, step: 0.0001, maxQuantity: 9_000, marketMaxQuantity: 2_700 },
};

/** Splits BTCUSDT into BTC and USDT by the longest quote asset known; null where none fits. */
export function splitSymbol(symbol: string): { base: string; quote: string } | null {
  const quote = QUOTES.find((name) => symbol.endsWith(name) && symbol.length > name.length);
  return quote ? { base: symbol.slice(0, -quote.length), quote } : null;
}

/** Known filters, else plausible ones from the decimals that the recorded prices and volumes carry. */
export function rulesOf(recording: Pick<Recording, 'symbol' | 'priceDecimals' | 'volumeDecimals'>): SymbolRules {
  const split = splitSymbol(recording.symbol);
  if (!split) throw new Error(`${recording.symbol}: no quote asset known at its end (one of ${QUOTES.join(', ')})`);
  const known = KNOWN[recording.symbol];
  const tick = known?.tick ?? 10 ** -Math.min(recording.priceDecimals, 8);
  const step = known?.step ?? 10 ** -Math.min(recording.volumeDecimals, 5);
  return {
    symbol: recording.symbol,
    ...split,
    tick: amountOf(tick),
    step: amountOf(step),
    minPrice: amountOf(tick),
    maxPrice: amountOf(1_000_000),
    minQuantity: amountOf(step),
    maxQuantity: amountOf(known?.maxQuantity ?? Math.max(9_000, step * 9_000_000)),
    marketMaxQuantity: amountOf(known?.marketMaxQuantity ?? Math.max(9_000, step * 900_000)),
    minNotional: MIN_NOTIONAL[split.quote] ?? 5n * ONE,
    maxNotional: 9_000_000n * ONE,
    multiplierUp: 5n * ONE,
    multiplierDown: ONE / 5n,
    maxOrders: 200,
    maxAlgoOrders: 5,
    maxOrderLists: 20,
  };
}

const MIN_NOTIONAL: Record<string, Amount> = {
  BTC: ONE / 10_000n,
  ETH: ONE / 1_000n,
  BNB: ONE / 100n,
  TRY: 10n * ONE,
  BRL: 10n * ONE,
  JPY: 500n * ONE,
};
