/** Answers in Binance's own form, for the scripted exchange. */
export const KEY = { id: 'user-1', apiKey: 'a'.repeat(64), secret: 's'.repeat(64) };

export const placed = (clientOrderId: string, over: object = {}) => ({
  symbol: 'BTCUSDT',
  orderId: 28,
  orderListId: -1,
  clientOrderId,
  transactTime: 1_790_000_000_000,
  price: '0.00000000',
  origQty: '0.01000000',
  executedQty: '0.01000000',
  origQuoteOrderQty: '0.00000000',
  cummulativeQuoteQty: '600.00000000',
  status: 'FILLED',
  timeInForce: 'GTC',
  type: 'MARKET',
  side: 'BUY',
  workingTime: 1_790_000_000_000,
  selfTradePreventionMode: 'NONE',
  fills: [{ price: '60000.00', qty: '0.01', commission: '0.00001000', commissionAsset: 'BTC', tradeId: 7 }],
  ...over,
});

export const order = (clientOrderId: string, over: object = {}) => ({
  symbol: 'BTCUSDT',
  orderId: 28,
  orderListId: -1,
  clientOrderId,
  price: '0.00000000',
  origQty: '0.01000000',
  executedQty: '0.01000000',
  cummulativeQuoteQty: '600.00000000',
  status: 'FILLED',
  timeInForce: 'GTC',
  type: 'MARKET',
  side: 'BUY',
  stopPrice: '0.00000000',
  icebergQty: '0.00000000',
  time: 1_790_000_000_000,
  updateTime: 1_790_000_000_001,
  isWorking: true,
  workingTime: 1_790_000_000_000,
  origQuoteOrderQty: '0.00000000',
  ...over,
});

export const buy = (clientOrderId: string, over: object = {}) => ({
  symbol: 'BTC/USDT',
  side: 'BUY' as const,
  type: 'MARKET' as const,
  quantity: '0.01',
  clientOrderId,
  fence: { timestamp: Date.now(), recvWindow: 3_000 },
  ...over,
});

export const exchangeInfo = (over: object = {}) => ({
  timezone: 'UTC',
  serverTime: 1_790_000_000_000,
  rateLimits: [{ rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: 6000 }],
  symbols: [
    {
      symbol: 'BTCUSDT',
      status: 'TRADING',
      baseAsset: 'BTC',
      quoteAsset: 'USDT',
      ocoAllowed: true,
      isSpotTradingAllowed: true,
      orderTypes: [
        'LIMIT',
        'LIMIT_MAKER',
        'MARKET',
        'STOP_LOSS',
        'STOP_LOSS_LIMIT',
        'TAKE_PROFIT',
        'TAKE_PROFIT_LIMIT',
      ],
      filters: [
        { filterType: 'PRICE_FILTER', minPrice: '0.01000000', maxPrice: '1000000.00000000', tickSize: '0.01000000' },
        { filterType: 'LOT_SIZE', minQty: '0.00001000', maxQty: '9000.00000000', stepSize: '0.00001000' },
        { filterType: 'MARKET_LOT_SIZE', minQty: '0.00000000', maxQty: '120.50000000', stepSize: '0.00000000' },
        {
          filterType: 'PERCENT_PRICE_BY_SIDE',
          bidMultiplierUp: '1.2',
          bidMultiplierDown: '0.2',
          askMultiplierUp: '5',
          askMultiplierDown: '0.8',
          avgPriceMins: 5,
        },
        { filterType: 'NOTIONAL', minNotional: '5.00000000', maxNotional: '9000000.00000000' },
        { filterType: 'MAX_NUM_ALGO_ORDERS', maxNumAlgoOrders: 5 },
      ],
    },
  ],
  ...over,
});
