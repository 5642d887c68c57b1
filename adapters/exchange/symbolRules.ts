import { Decimal } from 'decimal.js';
import type { SymbolRules } from '../../trading/types.js';
import { BadExchangeAnswer } from './errors.js';
import type { ExchangeInfoAnswer } from './schemas.js';

type ListedSymbol = ExchangeInfoAnswer['symbols'][number];
type Filter = Record<string, unknown>;

/** Binance's standard spot commission, as fractions; exchangeInfo names none. */
const STANDARD_FEE = 0.001;

/**
 * What `exchangeInfo` says about each symbol that is traded, keyed BTC/USDT.
 * @throws BadExchangeAnswer where a symbol lacks a filter that every order needs
 */
export function toSymbolRules(info: ExchangeInfoAnswer): Map<string, SymbolRules> {
  const traded = info.symbols.filter((listed) => listed.isSpotTradingAllowed);
  return new Map(traded.map((listed) => [symbolOf(listed), rulesOf(listed)]));
}

export const symbolOf = ({ baseAsset, quoteAsset }: ListedSymbol): string => `${baseAsset}/${quoteAsset}`;

/** BTC/USDT → BTCUSDT, as Binance's spot names its symbols; needs no answer from the exchange. */
export const marketIdOf = (symbol: string): string => symbol.replace('/', '');

function rulesOf(listed: ListedSymbol): SymbolRules {
  const filters = new Map(listed.filters.map((filter) => [filter.filterType, filter as Filter]));
  const need = (type: string, field: string): string => {
    const value = decimalOf(filters.get(type)?.[field]);
    if (value === undefined)
      throw new BadExchangeAnswer(`symbolRules: ${listed.symbol} has no usable ${type}.${field} in exchangeInfo`);
    return value;
  };
  const market = filters.get('MARKET_LOT_SIZE') ?? {};
  const notional = filters.get('NOTIONAL') ?? filters.get('MIN_NOTIONAL') ?? {};
  const stepSize = need('LOT_SIZE', 'stepSize');
  const minQuantity = need('LOT_SIZE', 'minQty');
  const maxQuantity = need('LOT_SIZE', 'maxQty');
  return {
    symbol: symbolOf(listed),
    base: listed.baseAsset,
    quote: listed.quoteAsset,
    tickSize: need('PRICE_FILTER', 'tickSize'),
    stepSize,
    minQuantity,
    maxQuantity,
    // A zero in MARKET_LOT_SIZE means "no rule of its own"; both filters hold for market orders.
    marketMinQuantity: larger(minQuantity, decimalOf(market['minQty'])),
    marketMaxQuantity: smallerAboveZero(maxQuantity, decimalOf(market['maxQty'])),
    marketStepSize: larger(stepSize, decimalOf(market['stepSize'])),
    minNotional: decimalOf(notional['minNotional']) ?? '0',
    ...optional('maxNotional', decimalOf(notional['maxNotional'])),
    ...priceBounds(filters),
    ...optional('maxAlgoOrders', wholeNumber(filters.get('MAX_NUM_ALGO_ORDERS')?.['maxNumAlgoOrders'])),
    ocoAllowed: listed.ocoAllowed,
    makerFee: STANDARD_FEE,
    takerFee: STANDARD_FEE,
  };
}

/** The tighter of both sides: a price inside these bounds passes as a buy and as a sell. */
function priceBounds(filters: Map<string, Filter>): Pick<SymbolRules, 'priceMultiplierUp' | 'priceMultiplierDown'> {
  const bySide = filters.get('PERCENT_PRICE_BY_SIDE') ?? {};
  const both = filters.get('PERCENT_PRICE') ?? {};
  const ups = [bySide['bidMultiplierUp'], bySide['askMultiplierUp'], both['multiplierUp']].map(decimalOf);
  const downs = [bySide['bidMultiplierDown'], bySide['askMultiplierDown'], both['multiplierDown']].map(decimalOf);
  const known = (values: (string | undefined)[]) => values.filter((value) => value !== undefined);
  return {
    ...(known(ups).length > 0 ? { priceMultiplierUp: Decimal.min(...known(ups)).toFixed() } : {}),
    ...(known(downs).length > 0 ? { priceMultiplierDown: Decimal.max(...known(downs)).toFixed() } : {}),
  };
}

/** Without trailing zeros: 0.01000000 → 0.01. */
function decimalOf(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  if (!/^\d+(\.\d+)?$/.test(String(value))) return undefined;
  return new Decimal(value).toFixed();
}

const wholeNumber = (value: unknown): number | undefined => (Number.isInteger(value) ? (value as number) : undefined);
const larger = (a: string, b: string | undefined): string => Decimal.max(a, b ?? 0).toFixed();
const smallerAboveZero = (a: string, b: string | undefined): string =>
  b === undefined || new Decimal(b).isZero() ? a : Decimal.min(a, b).toFixed();
const optional = <K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> =>
  (value === undefined ? {} : { [key]: value }) as Partial<Record<K, V>>;
