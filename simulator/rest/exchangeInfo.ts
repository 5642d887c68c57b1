import { formatAmount } from '../amounts.js';
import type { SymbolRules } from '../market/symbols.js';
import type { Limits } from './limits.js';

const ORDER_TYPES = [
  'LIMIT',
  'LIMIT_MAKER',
  'MARKET',
  'STOP_LOSS',
  'STOP_LOSS_LIMIT',
  'TAKE_PROFIT',
  'TAKE_PROFIT_LIMIT',
];

export const exchangeInfo = (symbols: readonly SymbolRules[], limits: Limits, serverTime: number) => ({
  timezone: 'UTC',
  serverTime,
  rateLimits: [
    { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: limits.weightLimit },
    ...limits.orderLimits.map(({ interval, intervalNum, limit }) => ({
      rateLimitType: 'ORDERS',
      interval,
      intervalNum,
      limit,
    })),
  ],
  exchangeFilters: [],
  symbols: symbols.map(symbolInfo),
});

const symbolInfo = (rules: SymbolRules) => ({
  symbol: rules.symbol,
  status: 'TRADING',
  baseAsset: rules.base,
  baseAssetPrecision: 8,
  quoteAsset: rules.quote,
  quotePrecision: 8,
  quoteAssetPrecision: 8,
  baseCommissionPrecision: 8,
  quoteCommissionPrecision: 8,
  orderTypes: ORDER_TYPES,
  icebergAllowed: false,
  ocoAllowed: true,
  otoAllowed: true,
  opoAllowed: true,
  quoteOrderQtyMarketAllowed: true,
  allowTrailingStop: false,
  cancelReplaceAllowed: true,
  amendAllowed: false,
  pegInstructionsAllowed: false,
  isSpotTradingAllowed: true,
  isMarginTradingAllowed: false,
  filters: filtersOf(rules),
  permissions: [],
  permissionSets: [['SPOT']],
  defaultSelfTradePreventionMode: 'EXPIRE_MAKER',
  allowedSelfTradePreventionModes: ['EXPIRE_TAKER', 'EXPIRE_MAKER', 'EXPIRE_BOTH'],
});

const short = (amount: bigint) => formatAmount(amount).replace(/\.?0+$/, '');

const filtersOf = (rules: SymbolRules) => [
  {
    filterType: 'PRICE_FILTER',
    minPrice: formatAmount(rules.minPrice),
    maxPrice: formatAmount(rules.maxPrice),
    tickSize: formatAmount(rules.tick),
  },
  {
    filterType: 'LOT_SIZE',
    minQty: formatAmount(rules.minQuantity),
    maxQty: formatAmount(rules.maxQuantity),
    stepSize: formatAmount(rules.step),
  },
  {
    filterType: 'MARKET_LOT_SIZE',
    minQty: '0.00000000',
    maxQty: formatAmount(rules.marketMaxQuantity),
    stepSize: '0.00000000',
  },
  {
    filterType: 'PERCENT_PRICE_BY_SIDE',
    bidMultiplierUp: short(rules.multiplierUp),
    bidMultiplierDown: short(rules.multiplierDown),
    askMultiplierUp: short(rules.multiplierUp),
    askMultiplierDown: short(rules.multiplierDown),
    avgPriceMins: 5,
  },
  {
    filterType: 'NOTIONAL',
    minNotional: formatAmount(rules.minNotional),
    applyMinToMarket: true,
    maxNotional: formatAmount(rules.maxNotional),
    applyMaxToMarket: false,
    avgPriceMins: 5,
  },
  { filterType: 'MAX_NUM_ORDERS', maxNumOrders: rules.maxOrders },
  { filterType: 'MAX_NUM_ORDER_LISTS', maxNumOrderLists: rules.maxOrderLists },
  { filterType: 'MAX_NUM_ALGO_ORDERS', maxNumAlgoOrders: rules.maxAlgoOrders },
];
