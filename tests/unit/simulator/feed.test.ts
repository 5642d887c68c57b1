import { createFeedMarket, STALE_AFTER } from '../../../simulator/market/feed.js';
import type { FeedClient } from '../../../simulator/market/feedClient.js';
import type { Candle, DayStatistics } from '../../../simulator/market/source.js';
import { rulesOf } from '../../../simulator/market/symbols.js';

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 0, 1, 12, 0, 30);

const candle = (openTime: number, open: number, high: number, low: number, close: number): Candle => ({
  openTime,
  open,
  high,
  low,
  close,
  volume: 10,
  closeTime: openTime + MINUTE - 1,
  quoteVolume: 1_000,
  trades: 5,
  closed: false,
});

/** A feed that a test scripts: 1,000 flat minutes at 100, then what is pushed. */
async function scripted() {
  const world = { now: NOW, down: false, candles: [] as Candle[] };
  for (let i = 1_999; i > 0; i--) world.candles.push(candle(NOW - 30_000 - i * MINUTE, 100, 100, 100, 100));
  world.candles.push(candle(NOW - 30_000, 100, 101, 99.5, 100.5));
  const reachable = () => {
    if (world.down) throw new Error('no connection');
  };
  const client: FeedClient = {
    async rules(symbols) {
      return symbols.map((symbol) => rulesOf({ symbol, priceDecimals: 2, volumeDecimals: 5 }));
    },
    async day(symbols) {
      reachable();
      const last = world.candles.at(-1)?.close ?? 0;
      return new Map(
        symbols.map((symbol) => [
          symbol,
          {
            open: 100,
            high: 101,
            low: 99,
            last,
            volume: 1,
            quoteVolume: 1,
            trades: 1,
            openTime: world.now - 86_400_000,
            closeTime: world.now,
          } as DayStatistics,
        ]),
      );
    },
    async candles(_symbol, interval, { to, limit }) {
      reachable();
      if (interval !== '1m') return [candle(0, 1, 1, 1, 1)].map((one) => ({ ...one, openTime: 1 }));
      return world.candles
        .filter((one) => to === undefined || one.openTime <= to)
        .slice(-limit)
        .map((one) => ({ ...one }));
    },
  };
  const market = await createFeedMarket('http://feed', ['BTCUSDT'], () => world.now, client);
  market.stop(); // the test polls by hand
  return { world, market };
}

const prices = (path: { price: number }[]) => path.map((point) => point.price);

test('an extreme between two looks is walked through, nearer one first', async () => {
  const { world, market } = await scripted();
  const from = world.now;
  world.now += 1_000;
  world.candles[world.candles.length - 1] = candle(NOW - 30_000, 100, 103, 97, 100.2);
  await market.poll();
  expect(prices(market.path('BTCUSDT', from, world.now + 10))).toEqual([103, 97, 100.2]);
  expect(market.priceAt('BTCUSDT', world.now + 10)).toBe(100.2);
});

test('an outage is said, closes the market for orders, keeps the last price, and is walked through afterwards', async () => {
  const { world, market } = await scripted();
  world.down = true;
  world.now += STALE_AFTER + MINUTE * 3;
  await market.poll();
  expect(market.isOpen?.()).toBe(false);
  expect(market.health?.()).toMatchObject({ feed: { ok: false, error: 'no connection', lastUpdate: NOW } });
  expect(market.priceAt('BTCUSDT', world.now)).toBe(100.5);
  const before = await market.candles('BTCUSDT', '1m', { now: world.now, limit: 5 });
  expect(before.at(-1)?.openTime).toBe(NOW - 30_000);
  await expect(market.candles('BTCUSDT', '1d', { now: world.now, limit: 5 })).rejects.toThrow(/unable to process/);

  world.down = false;
  const from = world.now;
  const next = NOW - 30_000 + MINUTE;
  world.candles.push(
    candle(next, 100.5, 110, 100, 105),
    candle(next + MINUTE, 105, 106, 80, 90),
    candle(next + 2 * MINUTE, 90, 95, 89, 94),
  );
  await market.poll();
  expect(market.isOpen?.()).toBe(true);
  const walked = prices(market.path('BTCUSDT', from, world.now + 100));
  expect(walked).toEqual([100, 110, 105, 106, 80, 90, 89, 95, 94]);
  expect((await market.candles('BTCUSDT', '1m', { now: world.now, limit: 3 })).map((one) => one.close)).toEqual([
    105, 90, 94,
  ]);
});

test('longer candles come from the kept minutes as long as they reach', async () => {
  const { world, market } = await scripted();
  const hours = (await market.candles('BTCUSDT', '1h', { now: world.now, limit: 2 })) as Candle[];
  expect(hours.map((one) => one.openTime)).toEqual([Date.UTC(2026, 0, 1, 11), Date.UTC(2026, 0, 1, 12)]);
  expect(hours[0]?.volume).toBe(600);
  expect(hours.map((one) => one.closed)).toEqual([true, false]);
});
