import { Decimal, decimal, decimalOrNull } from '../orders/decimal.js';
import { floorToStep } from '../orders/rounding.js';
import type { RiskCode } from '../risk/codes.js';
import type { Refusal, SymbolRules, TradingConfig } from '../types.js';
import { bindingCap, lossPerUnit } from './caps.js';

export { MODES } from './modes.js';
export type { ModeProfile } from './modes.js';

export interface SizingInput {
  /** Quote units. */
  equity: number | string;
  freeQuote: number | string;
  /** What a buy would pay, and where the stop will be. */
  price: number | string;
  stopPrice: number | string;
  /** ATR in percent of the price. */
  atrPct: number;
  config: TradingConfig;
  rules: SymbolRules;
  /** Value of all open positions, quote. */
  exposureNow: number | string;
  /** Fraction per side, 0.001 = 0.1 %. */
  feeRate: number;
}

/** quantity: base, on step. notional: quantity x price. riskAmount: loss at the stop with both fees. Decimal strings. */
export interface SizedEntry {
  approved: true;
  quantity: string;
  notional: string;
  riskAmount: string;
}

/**
 * How much to buy. The loss at the stop, both fees included, stays within equity x riskPerTradePct x the mode's factor,
 * less where the stop lies inside the market's noise; the value stays within positionSizePct x the factor, the
 * exposure left, the free quote including the entry's fee, and the exchange's filters. Everything is rounded down.
 * A refusal names the limit that left too little: `limit` is the least value that could be bought, `actual` what the
 * limit allows, both in quote.
 */
export function sizeEntry(input: SizingInput): SizedEntry | Refusal<RiskCode> {
  const { rules, feeRate } = input;
  const price = decimalOrNull(input.price);
  const stop = decimalOrNull(input.stopPrice);
  const equity = decimalOrNull(input.equity);
  if (!price || !stop || !stop.gt(0) || !stop.lt(price)) return refuse('INVALID_LEVELS', price, stop);
  if (!(feeRate >= 0 && feeRate < 1)) return refuse('INVALID_LEVELS', new Decimal(0), new Decimal(0));

  const least = leastBuyable(rules, price);
  if (!equity?.gt(0)) return refuse('INSUFFICIENT_BALANCE', least, equity);
  const binding = bindingCap(input, equity, price);
  const quantity = floorForMarket(binding.quantity, rules);
  const notional = quantity.times(price);
  if (quantity.lte(0) || notional.lt(least)) return refuse(binding.code, least, binding.quantity.times(price));
  return {
    approved: true,
    quantity: quantity.toFixed(),
    notional: notional.toFixed(),
    // Few callers ask.
    get riskAmount() {
      return quantity.times(lossPerUnit(price, stop, feeRate)).toFixed();
    },
  };

  function refuse(code: RiskCode, limit: Decimal | null, actual: Decimal | null): Refusal<RiskCode> {
    const number = (value: Decimal | null): number => value?.toNumber() ?? 0;
    return {
      approved: false,
      code,
      symbol: rules.symbol,
      limit: number(limit),
      actual: number(actual),
      unit: rules.quote,
    };
  }
}

/** Down to what both LOT_SIZE and MARKET_LOT_SIZE accept; a market step of 0 means that the exchange has none. */
function floorForMarket(quantity: Decimal, rules: SymbolRules): Decimal {
  const step = +rules.marketStepSize > +rules.stepSize ? rules.marketStepSize : rules.stepSize;
  return floorToStep(quantity.gt(0) ? quantity : new Decimal(0), step);
}

/** Value in quote of the smallest order that the filters accept at this price. */
function leastBuyable(rules: SymbolRules, price: Decimal): Decimal {
  return Decimal.max(
    Decimal.max(decimal(rules.minQuantity), decimal(rules.marketMinQuantity)).times(price),
    decimal(rules.minNotional),
  );
}
