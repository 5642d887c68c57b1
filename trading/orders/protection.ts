import type { RiskCode } from '../risk/codes.js';
import type { Fill, Position, Refusal, SymbolRules, TradingConfig } from '../types.js';
import { Decimal, decimal } from './decimal.js';
import { floorToStep, isMultiple, priceToTick, roundQuantityDown } from './rounding.js';

const ONE = new Decimal(1);
const HUNDRED = new Decimal(100);
const HUNDREDTH = new Decimal('0.01');

/** Distances of stop and target from the entry, percent. */
export type LevelDistances = Pick<TradingConfig, 'stopLossPct' | 'takeProfitPct'>;

/**
 * Stop and target of an entry, on tick. Both are rounded up: the stop so that it never loses more than `stopLossPct`,
 * the target so that it never brings less than `takeProfitPct`; where a coarse tick would lift the stop to the entry
 * it goes down instead. Throws RangeError where no price above zero is left for the stop.
 */
export function protectionLevels(input: {
  entryPrice: string | number;
  config: LevelDistances;
  rules: Pick<SymbolRules, 'symbol' | 'tickSize'>;
}): { stopPrice: string; targetPrice: string } {
  const { config, rules } = input;
  const entry = decimal(input.entryPrice, 'entryPrice');
  const stop = stopOnTick(away(entry, -config.stopLossPct), entry, rules.tickSize);
  if (!stop.gt(0) || !entry.gt(stop))
    throw new RangeError(
      `${rules.symbol} at ${entry.toFixed()}: no stop ${config.stopLossPct} % below it on tick ${rules.tickSize}`,
    );
  const target = priceToTick(away(entry, config.takeProfitPct), rules.tickSize, 'up');
  return { stopPrice: stop.toFixed(), targetPrice: target.toFixed() };
}

/** What an entry's levels are made from: `referencePrice` is the ask that it was planned at. */
export interface PlannedLevels extends Partial<LevelDistances> {
  referencePrice: string;
  stopPrice: string;
  targetPrice: string;
}

/**
 * The levels measured from the price at which the entry was really filled, on tick and rounded as `protectionLevels` does.
 * A fill at the reference price keeps the plan's own. Distances that the plan does not tell (one made by an earlier
 * version) are taken from its levels, which were rounded already. The market stands at the reference price or where it
 * filled: a stop that rounding up puts nearer than a tick to either would sell at once, and goes down instead.
 */
export function levelsFromFill(
  fillPrice: string | number,
  plan: PlannedLevels,
  tickSize: string,
): { stopPrice: string; targetPrice: string } {
  const { referencePrice, stopPrice, targetPrice, stopLossPct, takeProfitPct } = plan;
  if (Number(fillPrice) === Number(referencePrice)) return { stopPrice, targetPrice };
  // An average over several fills has no end; what lies beyond twelve digits is no price.
  const filled = decimal(fillPrice, 'fillPrice').toSignificantDigits(12);
  const scaled = (level: string): Decimal => filled.times(level).div(referencePrice).toSignificantDigits(14);
  const exactStop = stopLossPct === undefined ? scaled(stopPrice) : away(filled, -stopLossPct);
  const exactTarget = takeProfitPct === undefined ? scaled(targetPrice) : away(filled, takeProfitPct);
  const stop = stopOnTick(exactStop, filled, tickSize, decimal(referencePrice));
  // After a fill there is no way back: a stop that no price is left for stands at the lowest one there is.
  const above = stop.gt(0) ? stop : priceToTick(exactStop, tickSize, 'up');
  return { stopPrice: above.toFixed(), targetPrice: priceToTick(exactTarget, tickSize, 'up').toFixed() };
}

/** A price so many percent above (below, where negative) another, exact. */
const away = (price: Decimal, pct: number): Decimal => price.times(HUNDRED.plus(decimal(pct))).times(HUNDREDTH);

/**
 * Up to a tick, unless that leaves less than a whole tick to the market or to the entry: then down, and under the tick
 * that the entry lies on, where there is a price.
 */
function stopOnTick(exact: Decimal, entry: Decimal, tickSize: string, market = entry): Decimal {
  const above = priceToTick(exact, tickSize, 'up');
  if (above.plus(tickSize).lte(Decimal.min(entry, market))) return above;
  const below = priceToTick(exact, tickSize, 'down');
  const under = Decimal.min(below, priceToTick(entry, tickSize, 'down').minus(tickSize));
  return under.gt(0) ? under : below;
}

/**
 * Refuses before an entry what the exchange would refuse of its stop and target after it. `quantity` is what the entry
 * buys; what can be protected is that less the fee taken in the base asset, on step, and is the answer's `quantity`.
 */
export function checkProtectionFilters(input: {
  quantity: string;
  stopPrice: string;
  targetPrice: string;
  rules: SymbolRules;
  lastPrice: string | number;
  feeRate: number;
  /** Stop orders resting for the symbol now; an OCO adds one. */
  openAlgoOrders?: number;
}): { approved: true; quantity: string } | Refusal<RiskCode> {
  const { stopPrice, targetPrice, rules, feeRate, openAlgoOrders = 0 } = input;
  const held = floorToStep(ONE.minus(decimal(feeRate)).times(decimal(input.quantity)), rules.stepSize);
  const stop = decimal(stopPrice, 'stopPrice');
  const target = decimal(targetPrice, 'targetPrice');
  const last = decimal(input.lastPrice, 'lastPrice');

  // The stop sells at market, so both lot filters must let the holding through, or nothing could ever flatten it.
  const least = Decimal.max(decimal(rules.minQuantity), decimal(rules.marketMinQuantity));
  if (held.lte(0) || held.lt(least)) return refuse('LOT_SIZE', least, held, rules.base);
  const most =
    +rules.marketMaxQuantity > 0
      ? Decimal.min(decimal(rules.maxQuantity), decimal(rules.marketMaxQuantity))
      : decimal(rules.maxQuantity);
  if (held.gt(most)) return refuse('LOT_SIZE', most, held, rules.base);
  for (const price of [stop, target])
    if (price.lte(0) || !isMultiple(price, rules.tickSize))
      return refuse('PRICE_FILTER', new Decimal(rules.tickSize), price, rules.quote);
  if (!(stop.lt(last) && last.lt(target)))
    return refuse('INVALID_LEVELS', stop.lt(last) ? target : stop, last, rules.quote);
  const lowest = rules.priceMultiplierDown === undefined ? null : last.times(rules.priceMultiplierDown);
  if (lowest && stop.lt(lowest)) return refuse('PERCENT_PRICE', lowest, stop, rules.quote);
  if (rules.priceMultiplierUp !== undefined && target.gt(last.times(rules.priceMultiplierUp)))
    return refuse('PERCENT_PRICE', last.times(rules.priceMultiplierUp), target, rules.quote);
  if (held.times(stop).lt(decimal(rules.minNotional)))
    return refuse('MIN_NOTIONAL', new Decimal(rules.minNotional), held.times(stop), rules.quote);
  if (rules.maxNotional !== undefined && held.times(target).gt(rules.maxNotional))
    return refuse('MAX_NOTIONAL', new Decimal(rules.maxNotional), held.times(target), rules.quote);
  if (rules.maxAlgoOrders !== undefined && openAlgoOrders + 1 > rules.maxAlgoOrders)
    return refuse('MAX_NUM_ALGO_ORDERS', new Decimal(rules.maxAlgoOrders), new Decimal(openAlgoOrders + 1), 'orders');
  return { approved: true, quantity: held.toFixed() };

  function refuse(code: RiskCode, limit: Decimal, actual: Decimal, unit: string): Refusal<RiskCode> {
    return { approved: false, code, symbol: rules.symbol, limit: limit.toNumber(), actual: actual.toNumber(), unit };
  }
}

/**
 * How much of `wanted` base units an account does not hold, free or locked by whatever order: '0' where all of it is
 * there. What is locked elsewhere cannot be sold now, and is there all the same.
 */
export function shortfallOf({ wanted, free, locked }: { wanted: string; free: string; locked: string }): string {
  return Decimal.max(0, decimal(wanted, 'wanted').minus(free).minus(locked)).toFixed();
}

/** What a sale has to come up to on the exchange. */
export type SaleFilters = Pick<SymbolRules, 'stepSize' | 'minQuantity' | 'minNotional'>;

/** Too little to be sold: under LOT_SIZE or NOTIONAL at this price. Such a remainder closes its position as `dust`. */
export function isDust(quantity: string | number, price: string | number, rules: SaleFilters): boolean {
  const sellable = decimal(roundQuantityDown(quantity, rules.stepSize));
  return sellable.lte(0) || sellable.lt(rules.minQuantity) || sellable.times(price).lt(rules.minNotional);
}

/**
 * Whether a holding may be sold in part: the part at the entry's price (partial sales are made above it), and what it
 * leaves at the entry's price and at its stop, must each be enough for a sale at the market.
 */
export function isDivisible(
  holding: Pick<Position, 'quantity' | 'entryPrice' | 'stopPrice'>,
  fraction: number,
  rules: MarketSaleFilters,
): boolean {
  const { entryPrice, stopPrice } = holding;
  const filters = forMarketSales(rules);
  const held = decimal(holding.quantity, 'quantity');
  const part = floorToStep(held.times(fraction), filters.stepSize);
  const lowest = Decimal.min(entryPrice, stopPrice).toFixed();
  return !isDust(part.toFixed(), entryPrice, filters) && !isDust(held.minus(part).toFixed(), lowest, filters);
}

export type MarketSaleFilters = SaleFilters & Pick<SymbolRules, 'marketMinQuantity' | 'marketStepSize'>;

/** The lot filters of all orders and those of market orders in one. */
const forMarketSales = ({ marketMinQuantity, marketStepSize, ...rules }: MarketSaleFilters): SaleFilters => ({
  minNotional: rules.minNotional,
  minQuantity: +marketMinQuantity > +rules.minQuantity ? marketMinQuantity : rules.minQuantity,
  stepSize: +marketStepSize > +rules.stepSize ? marketStepSize : rules.stepSize,
});

/** What fills left in hand and can be sold: bought less sold less fees taken in the base asset, down to step. */
export function sellableQuantity(fills: readonly Fill[], rules: SymbolRules): string {
  const held = fills.reduce((sum, { side, quantity, fee, feeAsset }) => {
    const moved = side === 'BUY' ? sum.plus(quantity) : sum.minus(quantity);
    return feeAsset === rules.base ? moved.minus(fee) : moved;
  }, new Decimal(0));
  return roundQuantityDown(Decimal.max(0, held).toFixed(), rules.stepSize);
}
