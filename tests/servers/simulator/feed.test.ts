import { binance, candleFolder, flat, simulator } from './support.js';

// One simulator's public data is the other one's market: paper trading on live prices, without the internet.

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the awaited condition never came');
}

test('prices, candles and filters come from the feed, stops follow it, and an outage is survived', async () => {
  const dataDir = candleFolder({ 'BTCUSDT-1m': flat(60_000, 3_000), 'ETHUSDT-1m': flat(3_000, 3_000) });
  let source = await simulator({ dataDir, speed: 1, paused: false });
  const { port, stateDir } = source;
  const fed = await simulator({ dataDir, speed: 1, feedUrl: source.url });
  try {
    const key = await fed.account({ USDT: '10000', BTC: '1' });
    const client = binance(fed.url, key);
    await client.loadMarkets();
    expect(client.market('BTC/USDT').precision).toMatchObject({ price: 0.01, amount: 0.00001 });
    const ticker = await client.fetchTicker('BTC/USDT');
    expect(ticker.last).toBe(60_000);
    expect(Math.abs((ticker.timestamp ?? 0) - Date.now())).toBeLessThan(5_000);
    for (const timeframe of ['1m', '5m', '1d'])
      expect(await client.fetchOHLCV('BTC/USDT', timeframe, undefined, 300)).toHaveLength(300);
    expect((await client.createOrder('BTC/USDT', 'market', 'buy', 0.01)).status).toBe('closed');

    const stop = await client.createOrder('BTC/USDT', 'market', 'sell', 0.01, undefined, { stopLossPrice: 59_000 });
    await source.control('POST', '/prices', { symbol: 'BTCUSDT', kind: 'crash', price: 58_000 });
    await until(async () => (await client.fetchOrder(String(stop.id), 'BTC/USDT')).status === 'closed');
    expect((await client.fetchOrder(String(stop.id), 'BTC/USDT')).average).toBeCloseTo(58_999.99, 0);
    expect((await fed.control('POST', '/prices', { symbol: 'BTCUSDT', price: 1 })).status).toBe(409);
    expect((await fed.control('POST', '/clock', { step: 1 })).status).toBe(409);

    await source.end(true);
    await until(async () => (await fed.control('GET', '/clock')).body.feed?.error !== undefined);
    expect((await client.fetchTicker('BTC/USDT')).last).toBe(58_000);
    expect((await fetch(`${fed.url}/api/v3/exchangeInfo`)).status).toBe(200);

    source = await simulator({ dataDir, speed: 1, paused: false, stateDir, port });
    await source.control('POST', '/prices', { symbol: 'BTCUSDT', price: 61_000 });
    await until(async () => (await client.fetchTicker('BTC/USDT')).last === 61_000);
    expect((await fed.control('GET', '/clock')).body).toMatchObject({ speed: 1, paused: false, feed: { ok: true } });
  } finally {
    await fed.end();
    await source.end();
  }
});

test('a feed that cannot be reached is said at the start', async () => {
  await expect(simulator({ speed: 1, feedUrl: 'http://127.0.0.1:9' })).rejects.toThrow(
    /the feed http:\/\/127.0.0.1:9 gives no market data/,
  );
});
