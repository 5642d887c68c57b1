import ccxt from 'ccxt';
import {
  binance,
  binancePro,
  candleFolder,
  flat,
  type Key,
  type ListAnswer,
  simulator,
  type TestSimulator,
} from './support.js';

// The unmodified ccxt class trades on the simulator with every call that the project makes.
let exchange: TestSimulator;
let key: Key;
let client: ReturnType<typeof binance>;

beforeAll(async () => {
  const dataDir = candleFolder({ 'BTCUSDT-1m': flat(60_000, 4_000), 'ETHUSDT-1m': flat(3_000, 4_000) });
  exchange = await simulator({ dataDir });
});
afterAll(() => exchange.end());
beforeEach(async () => {
  key = await exchange.account({ USDT: '100000', BTC: '1', ETH: '10' });
  client = binance(exchange.url, key);
  await client.loadMarkets();
});

const fees = (trades: { fee?: { cost?: number; currency?: string } }[]) =>
  trades.map((trade) => [trade.fee?.cost, trade.fee?.currency]);

describe('public data', () => {
  test('loadMarkets reads filters, precision and limits', () => {
    const market = client.market('BTC/USDT');
    expect(market.precision).toMatchObject({ price: 0.01, amount: 0.00001 });
    expect(market.limits).toMatchObject({ amount: { min: 0.00001, max: 9000 }, cost: { min: 5 } });
    expect(market.active).toBe(true);
    expect((market.info as { ocoAllowed: boolean }).ocoAllowed).toBe(true);
  });

  test('fetchTime is real time although candles are old', async () => {
    expect(Math.abs(((await client.fetchTime()) as number) - Date.now())).toBeLessThan(2_000);
    const candles = await client.fetchOHLCV('BTC/USDT', '1m', undefined, 10);
    expect(new Date(candles.at(-1)?.[0] as number).getUTCFullYear()).toBe(2024);
  });

  test.each(['1m', '3m', '5m', '15m', '30m', '1h', '2h', '4h', '6h', '12h', '1d'])(
    'fetchOHLCV gives 300 neighbouring candles of %s',
    async (timeframe) => {
      const candles = await client.fetchOHLCV('BTC/USDT', timeframe, undefined, 300);
      expect(candles).toHaveLength(300);
      const step = client.parseTimeframe(timeframe) * 1_000;
      expect(candles.slice(1).every((candle, i) => (candle[0] as number) - (candles[i]?.[0] as number) === step)).toBe(
        true,
      );
    },
  );

  test('tickers, best prices and last prices agree and carry market time', async () => {
    const ticker = await client.fetchTicker('BTC/USDT');
    expect(ticker).toMatchObject({ last: 60_000, bid: 59_999.99, ask: 60_000.01 });
    expect(ticker.timestamp).toBe((await exchange.control('GET', '/clock')).body.marketTime);
    expect(Object.keys(await client.fetchTickers(['BTC/USDT', 'ETH/USDT']))).toEqual(['BTC/USDT', 'ETH/USDT']);
    expect((await client.fetchBidsAsks(['ETH/USDT']))['ETH/USDT']).toMatchObject({ bid: 2_999.99, ask: 3_000.01 });
    expect((await client.fetchLastPrices(['BTC/USDT']))['BTC/USDT']?.price).toBe(60_000);
    const book = await client.fetchOrderBook('BTC/USDT', 5);
    expect(book.bids[0]?.[0]).toBe(59_999.99);
    expect((await client.fetchTrades('BTC/USDT', undefined, 5)).length).toBe(5);
  });
});

describe('orders', () => {
  test('a market buy fills at the ask and pays its fee in the asset received', async () => {
    const order = await client.createOrder('BTC/USDT', 'market', 'buy', 0.01);
    expect(order).toMatchObject({ status: 'closed', filled: 0.01, average: 60_000.01, cost: 600.0001 });
    expect(fees(order.trades)).toEqual([[0.00001, 'BTC']]);
    const balance = await client.fetchBalance();
    expect(balance['BTC']).toMatchObject({ free: 1.00999, used: 0 });
    expect(balance['USDT']).toMatchObject({ free: 99_399.9999, used: 0 });
  });

  test('a market order by quoteOrderQty spends the money given', async () => {
    const order = await client.createMarketBuyOrderWithCost('BTC/USDT', 100);
    expect(order.cost).toBeLessThanOrEqual(100);
    expect(order.cost).toBeGreaterThan(99);
    expect(order.status).toBe('closed');
  });

  test('a limit order rests, locks its money, and is found and cancelled by its client order id', async () => {
    const clientOrderId = 'rest-1';
    await client.createOrder('BTC/USDT', 'limit', 'buy', 0.01, 50_000, { clientOrderId });
    expect((await client.fetchBalance())['USDT']).toMatchObject({ free: 99_500, used: 500 });
    expect(await client.fetchOpenOrders('BTC/USDT')).toHaveLength(1);
    const found = await client.fetchOrder('', 'BTC/USDT', { clientOrderId });
    expect(found).toMatchObject({ status: 'open', clientOrderId, price: 50_000, filled: 0 });
    const cancelled = await client.cancelOrder('', 'BTC/USDT', { clientOrderId });
    expect(cancelled.status).toBe('canceled');
    expect((await client.fetchBalance())['USDT']).toMatchObject({ free: 100_000, used: 0 });
    await expect(client.cancelOrder('', 'BTC/USDT', { clientOrderId })).rejects.toThrow(ccxt.OrderNotFound);
  });

  test.each([
    ['STOP_LOSS', { stopLossPrice: 59_000 }, 'market', undefined],
    ['STOP_LOSS_LIMIT', { stopLossPrice: 59_000 }, 'limit', 58_900],
    ['TAKE_PROFIT', { takeProfitPrice: 61_000 }, 'market', undefined],
    ['TAKE_PROFIT_LIMIT', { takeProfitPrice: 61_000 }, 'limit', 60_900],
    ['LIMIT_MAKER', { postOnly: true }, 'limit', 61_000],
  ])('%s rests with its quantity locked', async (type, parameters, kind, price) => {
    const order = await client.createOrder('BTC/USDT', kind, 'sell', 0.01, price, parameters);
    const { info } = await client.fetchOrder(String(order.id), 'BTC/USDT');
    expect(info).toMatchObject({ type, status: 'NEW', side: 'SELL' });
    expect((await client.fetchBalance())['BTC']?.used).toBe(0.01);
  });

  test('a stop fills at the market when the price falls through it', async () => {
    const order = await client.createOrder('ETH/USDT', 'market', 'sell', 0.4, undefined, { stopLossPrice: 2_950 });
    await exchange.control('POST', '/prices', { symbol: 'ETHUSDT', kind: 'crash', price: 2_900 });
    const filled = await client.fetchOrder(String(order.id), 'ETH/USDT');
    await exchange.control('POST', '/prices', { symbol: 'ETHUSDT', kind: 'gap', price: 3_000 });
    expect(filled).toMatchObject({ status: 'closed', average: 2_949.99 });
    expect(fees(await client.fetchMyTrades('ETH/USDT'))).toEqual([[1.179996, 'USDT']]);
  });

  test('IOC and FOK leave nothing behind', async () => {
    const ioc = await client.createOrder('BTC/USDT', 'limit', 'buy', 0.01, 59_000, { timeInForce: 'IOC' });
    expect(ioc.status).toBe('expired');
    const fok = await client.createOrder('BTC/USDT', 'limit', 'buy', 0.01, 60_100, { timeInForce: 'FOK' });
    expect(fok).toMatchObject({ status: 'closed', average: 60_000.01 });
    expect(await client.fetchOpenOrders('BTC/USDT')).toEqual([]);
  });

  test('editOrder cancels and replaces in one request', async () => {
    const order = await client.createOrder('BTC/USDT', 'limit', 'buy', 0.01, 50_000);
    const edited = await client.editOrder(String(order.id), 'BTC/USDT', 'limit', 'buy', 0.02, 51_000);
    expect(edited.id).not.toBe(order.id);
    expect((await client.fetchOpenOrders('BTC/USDT')).map((one) => one.price)).toEqual([51_000]);
  });

  test('fetchOrders and fetchMyTrades hold the whole story; cancelAllOrders takes list legs along', async () => {
    await client.createOrder('BTC/USDT', 'market', 'buy', 0.01);
    await client.createOrder('BTC/USDT', 'limit', 'buy', 0.01, 50_000);
    await placeOco('0.01');
    await client.cancelAllOrders('BTC/USDT');
    const orders = await client.fetchOrders('BTC/USDT');
    expect(orders.map((one) => one.status)).toEqual(['closed', 'canceled', 'canceled', 'canceled']);
    expect((await client.fetchMyTrades('BTC/USDT')).map((one) => one.order)).toEqual([orders[0]?.id]);
    expect((await client.fetchBalance())['BTC']?.used).toBe(0);
  });
});

const placeOco = (quantity: string, more: Record<string, string> = {}) =>
  client.privatePostOrderListOco({
    symbol: 'BTCUSDT',
    side: 'SELL',
    quantity,
    aboveType: 'LIMIT_MAKER',
    abovePrice: '61000.00',
    belowType: 'STOP_LOSS',
    belowStopPrice: '59000.00',
    ...more,
  }) as Promise<ListAnswer>;

describe('order lists', () => {
  test('an OCO locks its quantity once, and one leg takes the other with it', async () => {
    const list = await placeOco('0.5', {
      listClientOrderId: 'list',
      aboveClientOrderId: 'target',
      belowClientOrderId: 'stop',
    });
    expect(list.orders.map((one) => one.clientOrderId)).toEqual(['stop', 'target']);
    expect((await client.fetchBalance())['BTC']).toMatchObject({ free: 0.5, used: 0.5 });
    await exchange.control('POST', '/prices', { symbol: 'BTCUSDT', kind: 'crash', price: 58_000 });
    await exchange.control('POST', '/prices', { symbol: 'BTCUSDT', kind: 'gap', price: 60_000 });
    expect((await client.fetchOrder('', 'BTC/USDT', { clientOrderId: 'stop' })).status).toBe('closed');
    expect((await client.fetchOrder('', 'BTC/USDT', { clientOrderId: 'target' })).status).toBe('expired');
    expect(((await client.privateGetOrderList({ origClientOrderId: 'list' })) as ListAnswer).listOrderStatus).toBe(
      'ALL_DONE',
    );
    expect((await client.fetchBalance())['BTC']).toMatchObject({ free: 0.5, used: 0 });
  });

  test('privateDeleteOrderList cancels both legs and frees the quantity', async () => {
    const list = await placeOco('0.5');
    const gone = (await client.privateDeleteOrderList({
      symbol: 'BTCUSDT',
      orderListId: list.orderListId,
    })) as ListAnswer;
    expect(gone.orderReports.map((one) => one.status)).toEqual(['CANCELED', 'CANCELED']);
    await expect(client.privateDeleteOrderList({ symbol: 'BTCUSDT', orderListId: list.orderListId })).rejects.toThrow(
      ccxt.OrderNotFound,
    );
    expect((await client.fetchBalance())['BTC']?.used).toBe(0);
  });

  test('an OPOCO sizes its protection by what was received, net of the fee', async () => {
    const list = (await client.privatePostOrderListOpoco({
      symbol: 'BTCUSDT',
      workingType: 'LIMIT',
      workingSide: 'BUY',
      workingPrice: '60100.00',
      workingQuantity: '0.10000',
      workingTimeInForce: 'GTC',
      pendingSide: 'SELL',
      pendingAboveType: 'LIMIT_MAKER',
      pendingAbovePrice: '61000.00',
      pendingBelowType: 'STOP_LOSS',
      pendingBelowStopPrice: '59000.00',
    })) as ListAnswer;
    expect(list.orderReports.map((one) => one.status)).toEqual(['FILLED', 'NEW', 'NEW']);
    expect(list.orderReports[1]?.origQty).toBe('0.09990000');
    expect((await client.fetchBalance())['BTC']?.used).toBe(0.0999);
  });

  test('an OTOCO waits for the whole fill before it protects', async () => {
    const list = (await client.privatePostOrderListOtoco({
      symbol: 'BTCUSDT',
      workingType: 'LIMIT',
      workingSide: 'BUY',
      workingPrice: '59900.00',
      workingQuantity: '0.10000',
      workingTimeInForce: 'GTC',
      pendingSide: 'SELL',
      pendingQuantity: '0.09990',
      pendingAboveType: 'LIMIT_MAKER',
      pendingAbovePrice: '61000.00',
      pendingBelowType: 'STOP_LOSS',
      pendingBelowStopPrice: '59000.00',
    })) as ListAnswer;
    expect(list.orderReports.map((one) => one.status)).toEqual(['NEW', 'PENDING_NEW', 'PENDING_NEW']);
    await exchange.control('POST', '/prices', { symbol: 'BTCUSDT', kind: 'crash', price: 59_800 });
    await exchange.control('POST', '/prices', { symbol: 'BTCUSDT', kind: 'gap', price: 60_000 });
    expect(
      (await client.fetchOpenOrders('BTC/USDT')).map((one) => [one.type, (one.info as { status: string }).status]),
    ).toEqual([
      ['market', 'NEW'],
      ['limit', 'NEW'],
    ]);
  });
});

describe('the key and its rights', () => {
  test('apiRestrictions shows a key that may trade and nothing else', async () => {
    expect(await client.sapiGetAccountApiRestrictions()).toMatchObject({
      enableReading: true,
      enableSpotAndMarginTrading: true,
      enableWithdrawals: false,
    });
    await exchange.control('POST', '/permissions', { account: key.account, withdrawals: true, trading: false });
    expect(await client.sapiGetAccountApiRestrictions()).toMatchObject({
      enableSpotAndMarginTrading: false,
      enableWithdrawals: true,
    });
    await expect(client.createOrder('BTC/USDT', 'market', 'buy', 0.01)).rejects.toThrow(/-2015/);
  });

  test('money from outside shows in the deposit and withdrawal histories', async () => {
    await exchange.control('POST', '/balances', { account: key.account, asset: 'USDT', delta: '-250.5' });
    expect((await client.fetchDeposits('USDT'))[0]).toMatchObject({ currency: 'USDT', amount: 100_000 });
    expect((await client.fetchWithdrawals('USDT'))[0]).toMatchObject({ currency: 'USDT', amount: 250.5 });
  });
});

describe('errors become the classes that the product expects', () => {
  const cases: [string, new (message: string) => Error, RegExp, () => Promise<unknown>][] = [
    [
      'too little money',
      ccxt.InsufficientFunds,
      /insufficient balance/,
      () => client.createOrder('BTC/USDT', 'limit', 'buy', 5, 60_000),
    ],
    [
      'a stop that triggers at once',
      ccxt.OrderImmediatelyFillable,
      /trigger immediately/,
      () => client.createOrder('BTC/USDT', 'market', 'sell', 0.01, undefined, { stopLossPrice: 60_500 }),
    ],
    [
      'a maker that would take',
      ccxt.OrderImmediatelyFillable,
      /immediately match/,
      () => client.createOrder('BTC/USDT', 'limit', 'buy', 0.01, 60_500, { postOnly: true }),
    ],
    [
      'less than the lot',
      ccxt.InvalidOrder,
      /LOT_SIZE/,
      () => client.privatePostOrder({ symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.000015' }),
    ],
    [
      'a price off the tick',
      ccxt.InvalidOrder,
      /PRICE_FILTER/,
      () =>
        client.privatePostOrder({
          symbol: 'BTCUSDT',
          side: 'BUY',
          type: 'LIMIT',
          timeInForce: 'GTC',
          quantity: '0.01',
          price: '60000.001',
        }),
    ],
    [
      'a price far off',
      ccxt.InvalidOrder,
      /PERCENT_PRICE_BY_SIDE/,
      () => client.createOrder('BTC/USDT', 'limit', 'sell', 0.01, 310_000),
    ],
    [
      'less than the least value',
      ccxt.BadRequest,
      /NOTIONAL/,
      () => client.createOrder('BTC/USDT', 'market', 'buy', 0.00001),
    ],
    ['an unknown order', ccxt.OrderNotFound, /-2013/, () => client.fetchOrder('424242', 'BTC/USDT')],
    ['an unknown cancel', ccxt.OrderNotFound, /-2011/, () => client.cancelOrder('424242', 'BTC/USDT')],
    [
      'an unknown parameter',
      ccxt.BadRequest,
      /-1104/,
      () => client.createOrder('BTC/USDT', 'market', 'buy', 0.01, undefined, { stray: 'x' }),
    ],
    ['an unknown symbol', ccxt.BadSymbol, /-1121/, () => client.publicGetKlines({ symbol: 'NOSUCH', interval: '1m' })],
    [
      'a trades window beyond a day',
      ccxt.BadRequest,
      /-1127/,
      () => client.privateGetMyTrades({ symbol: 'BTCUSDT', startTime: 1, endTime: 86_400_002 }),
    ],
    ['an old timestamp', ccxt.InvalidNonce, /-1021/, () => withNonce(-11_000).fetchBalance()],
    ['a timestamp from the future', ccxt.InvalidNonce, /-1021/, () => withNonce(1_500).fetchBalance()],
    [
      'a wrong secret',
      ccxt.AuthenticationError,
      /-1022/,
      () => binance(exchange.url, { ...key, secret: 'x' }).fetchBalance(),
    ],
    [
      'an unknown key',
      ccxt.AuthenticationError,
      /-2015/,
      () => binance(exchange.url, { apiKey: 'A'.repeat(64), secret: 'x' }).fetchBalance(),
    ],
    [
      'a key of the wrong form',
      ccxt.AuthenticationError,
      /-2014/,
      () => binance(exchange.url, { apiKey: 'short', secret: 'x' }).fetchBalance(),
    ],
  ];
  const withNonce = (offset: number) => Object.assign(binance(exchange.url, key), { nonce: () => Date.now() + offset });

  test.each(cases)('%s', async (_name, type, message, call) => {
    const error = await call().then(
      () => null,
      (thrown: Error) => thrown,
    );
    expect(error).toBeInstanceOf(type);
    expect(error?.message).toMatch(message);
  });

  test('a client order id may not be shared by two open orders, but may return after a fill', async () => {
    const params = { clientOrderId: 'same' };
    await client.createOrder('BTC/USDT', 'limit', 'buy', 0.01, 50_000, params);
    await expect(client.createOrder('BTC/USDT', 'limit', 'buy', 0.01, 50_000, params)).rejects.toThrow(
      /Duplicate order sent/,
    );
    await client.cancelOrder('', 'BTC/USDT', params);
    await client.createOrder('BTC/USDT', 'market', 'buy', 0.01, undefined, params);
    await client.createOrder('BTC/USDT', 'market', 'buy', 0.01, undefined, params);
    expect((await exchange.ledger(key)).trades).toHaveLength(2);
  });

  test('a sixth conditional order on a symbol is refused', async () => {
    for (let i = 0; i < 5; i++)
      await client.createOrder('BTC/USDT', 'market', 'sell', 0.01, undefined, { stopLossPrice: 59_000 });
    await expect(
      client.createOrder('BTC/USDT', 'market', 'sell', 0.01, undefined, { stopLossPrice: 59_000 }),
    ).rejects.toThrow(/MAX_NUM_ALGO_ORDERS/);
  });
});

describe('streams through ccxt.pro', () => {
  test('prices, candles and trades arrive, and fills reach the account within a second', async () => {
    const pro = await binancePro(exchange.url, key);
    try {
      await exchange.control('POST', '/clock', { paused: false });
      expect((await pro.watchTicker('BTC/USDT')).last).toBe(60_000);
      expect((await pro.watchOHLCV('BTC/USDT', '1m')).at(-1)?.[4]).toBe(60_000);
      expect((await pro.watchTrades('BTC/USDT')).at(-1)?.price).toBe(60_000);
      const bids = pro.watchBidsAsks(['BTC/USDT']);
      await exchange.control('POST', '/prices', { symbol: 'BTCUSDT', price: 60_001 });
      expect((await bids)['BTC/USDT']?.bid).toBeGreaterThanOrEqual(59_999.99);
      await exchange.control('POST', '/prices', { symbol: 'BTCUSDT', price: 60_000 });
      const orders = pro.watchOrders('BTC/USDT');
      const trades = pro.watchMyTrades('BTC/USDT');
      const balance = pro.watchBalance();
      await new Promise((resolve) => setTimeout(resolve, 200));
      const sent = Date.now();
      await client.createOrder('BTC/USDT', 'market', 'buy', 0.01, undefined, { clientOrderId: 'streamed' });
      expect((await orders)[0]?.clientOrderId).toBe('streamed');
      expect((await trades)[0]).toMatchObject({
        price: 60_000.01,
        amount: 0.01,
        fee: { cost: 0.00001, currency: 'BTC' },
      });
      expect((await balance)['BTC']?.free).toBe(1.00999);
      expect(Date.now() - sent).toBeLessThan(1_000);
    } finally {
      await exchange.control('POST', '/clock', { paused: true });
      await pro.close();
    }
  });
});
