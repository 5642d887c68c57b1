import { type Amount, multiply } from '../amounts.js';
import { type Account, isConditional, isMarketType, type Order } from '../ledger/types.js';
import { onStep } from '../market/book.js';
import type { SymbolRules } from '../market/symbols.js';
import { errors } from '../rest/errors.js';

/** What an order asks for, checked for form but not yet against the market. */
export type Draft = Pick<
  Order,
  'symbol' | 'side' | 'type' | 'timeInForce' | 'price' | 'stopPrice' | 'quantity' | 'quoteQuantity' | 'clientId'
>;

/** The exchange's filters; throws -1013 with the name of the first one that fails. `average`: mean price of 5 minutes. */
export function checkFilters(rules: SymbolRules, draft: Draft, average: Amount): void {
  const { price, stopPrice, quantity, quoteQuantity } = draft;
  if (quoteQuantity === 0n && quantity <= 0n) throw errors.quantity();
  for (const one of [price, stopPrice]) {
    if (one === 0n) continue;
    if (one < rules.minPrice || one > rules.maxPrice || !onStep(one, rules.tick)) throw errors.filter('PRICE_FILTER');
  }
  if (price > 0n) {
    if (price > multiply(average, rules.multiplierUp) || price < multiply(average, rules.multiplierDown))
      throw errors.filter('PERCENT_PRICE_BY_SIDE');
  }
  if (quoteQuantity === 0n) {
    if (quantity < rules.minQuantity || quantity > rules.maxQuantity || !onStep(quantity, rules.step))
      throw errors.filter('LOT_SIZE');
    if (isMarketType(draft) && quantity > rules.marketMaxQuantity) throw errors.filter('MARKET_LOT_SIZE');
  }
  const notional = quoteQuantity > 0n ? quoteQuantity : multiply(price > 0n ? price : average, quantity);
  if (notional < rules.minNotional) throw errors.filter('NOTIONAL');
  if (price > 0n && notional > rules.maxNotional) throw errors.filter('NOTIONAL');
}

/** Limits on how much rests at once, counting what is about to be added. */
export function checkCounts(rules: SymbolRules, account: Account, drafts: readonly Draft[], lists = 0): void {
  let open = 0;
  let conditional = 0;
  for (const order of account.open.values()) {
    if (order.symbol !== rules.symbol) continue;
    open++;
    if (isConditional(order) && !order.triggered) conditional++;
  }
  const resting = drafts.filter((draft) => draft.type !== 'MARKET');
  if (open + resting.length > rules.maxOrders) throw errors.filter('MAX_NUM_ORDERS');
  if (resting.some(isConditional) && conditional + resting.filter(isConditional).length > rules.maxAlgoOrders)
    throw errors.filter('MAX_NUM_ALGO_ORDERS');
  if (lists === 0) return;
  const openLists = account.lists.filter((list) => list.status === 'EXECUTING' && list.symbol === rules.symbol).length;
  if (openLists + lists > rules.maxOrderLists) throw errors.filter('MAX_NUM_ORDER_LISTS');
}
