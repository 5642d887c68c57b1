import fc from 'fast-check';
import { append, closedOnly, lastClosedOpen } from '../../../adapters/exchange/candleWindow.js';
import { BadExchangeAnswer, ExchangeUnavailable, NotSupportedByVenue } from '../../../adapters/exchange/errors.js';
import { createMarketCache } from '../../../adapters/exchange/marketCache.js';
import type { MarketExchange, Ticker } from '../../../adapters/exchange/port.js';
import { toColumns } from '../../../adapters/exchange/reports.js';
import type { CandleColumns } from '../../../trading/types.js';

const MINUTE = 60_000;
const candlesBetween = (from: number, to: number): CandleColumns => {
  const rows = [];
  for (let time = from; time <= to; time += MINUTE) rows.push([time, 10, 12, 9, 11, time / MINUTE] as const);
  return toColumns(rows, 'test');
};

describe('the window of candles', () => {
  test('a candle is closed when the next one has begun', () => {
    expect(lastClosedOpen(5 * MINUTE, '1m')).toBe(4 * MINUTE);
    expect(lastClosedOpen(5 * MINUTE - 1, '1m')).toBe(3 * MINUTE);
    expect([...closedOnly(candlesBetween(0, 5 * MINUTE), '1m', 5 * MINUTE + 30_000).timestamp].at(-1)).toBe(4 * MINUTE);
  });

  test('however it is cut into fetches, appending gives the last candles once and in order', () => {
    const cut = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(cut, fc.integer({ min: 1, max: 50 }), fc.integer({ min: 0, max: 3 }), (lengths, size, overlap) => {
        let window = candlesBetween(0, 0);
        let end = 0;
        for (const length of lengths) {
          const from = Math.max(0, end - overlap * MINUTE);
          end += length * MINUTE;
          window = append(window, candlesBetween(from, end), size);
        }
        const whole = candlesBetween(0, end);
        for (const field of ['timestamp', 'volume', 'close'] as const)
          expect([...window[field]]).toEqual([...whole[field]].slice(-size));
        expect(window.length).toBe(window.timestamp.length);
      }),
    );
  });
});

/** An exchange whose market clock and failures the test decides. */
function fakeMarket() {
  const state = { marketTime: 1_000 * MINUTE + 5_000, asked: [] as string[], bad: new Set<string>(), broken: false };
  const ticker = (symbol: string): Ticker => ({
    symbol,
    last: 10,
    bid: 9,
    ask: 11,
    quoteVolume: 1,
    marketTime: state.marketTime,
  });
  const market: MarketExchange = {
    symbolRules: async () => new Map(),
    serverTime: async () => ({ serverTime: 0, offset: 0, roundTrip: 0 }),
    async tickers(symbols) {
      state.asked.push(`tickers ${symbols.join(' ')}`);
      await Promise.resolve();
      if (state.broken) throw new ExchangeUnavailable('away');
      if (symbols.some((symbol) => state.bad.has(symbol))) throw new NotSupportedByVenue('Invalid symbol.');
      return new Map(symbols.map((symbol) => [symbol, ticker(symbol)]));
    },
    async candles(symbol, timeframe, { since, limit }) {
      state.asked.push(`candles ${symbol} ${timeframe} ${since === undefined ? 'all' : since / MINUTE} ${limit}`);
      await Promise.resolve();
      if (state.broken) throw new ExchangeUnavailable('away');
      const forming = Math.floor(state.marketTime / MINUTE) * MINUTE;
      return candlesBetween(Math.max(since ?? 0, forming - (limit - 1) * MINUTE), forming);
    },
  };
  return { market, state };
}

describe('the market cache', () => {
  const setUp = () => {
    const { market, state } = fakeMarket();
    const time = { now: 0 };
    const cache = createMarketCache(market, { window: 50, now: () => time.now });
    return { state, time, cache };
  };

  test('a thousand users cost one request for tickers and one for candles', async () => {
    const { state, cache } = setUp();
    const all = await Promise.all(Array.from({ length: 1_000 }, () => cache.candles('A/B', '1m')));
    expect(state.asked).toEqual(['tickers A/B', 'candles A/B 1m all 51']);
    expect(all[999]).toBe(all[0]);
    expect(all[0]!.length).toBe(50);
    expect(all[0]!.timestamp.at(-1)).toBe(999 * MINUTE);
  });

  test('candles are fetched again only when the market’s clock has passed a close, and only the new ones', async () => {
    const { state, time, cache } = setUp();
    const first = await cache.candles('A/B', '1m');
    state.asked.length = 0;
    time.now += 10_000;
    state.marketTime += 54_999;
    expect(await cache.candles('A/B', '1m')).toBe(first);
    time.now += 1_000;
    state.marketTime += 1;
    const second = await cache.candles('A/B', '1m');
    expect(second.timestamp.at(-1)).toBe(1_000 * MINUTE);
    expect(second.length).toBe(50);
    expect(state.asked).toEqual(['tickers A/B', 'tickers A/B', 'candles A/B 1m 1000 3']);
  });

  test('after a long pause, and when the market’s clock went back, the whole window is fetched', async () => {
    const { state, time, cache } = setUp();
    await cache.candles('A/B', '1m');
    state.marketTime += 500 * MINUTE;
    time.now += 10_000;
    expect((await cache.candles('A/B', '1m')).timestamp[0]).toBe(1_450 * MINUTE);
    state.marketTime -= 700 * MINUTE;
    time.now += 10_000;
    const back = await cache.candles('A/B', '1m');
    expect(back.timestamp.at(-1)).toBe(799 * MINUTE);
    expect(state.asked.filter((line) => line.endsWith('all 51'))).toHaveLength(3);
  });

  test('what cannot be fetched is an error, never what was there before', async () => {
    const { state, time, cache } = setUp();
    await cache.candles('A/B', '1m');
    state.broken = true;
    time.now += 501;
    await expect(cache.candles('A/B', '1m')).rejects.toThrow('away');
    await expect(cache.tickers(['A/B'])).rejects.toThrow('away');
    state.broken = false;
    expect((await cache.candles('A/B', '1m')).length).toBe(50);
  });

  test('the symbols of all users share one request, and one that is not listed fails alone and is not asked for again', async () => {
    const { state, time, cache } = setUp();
    state.bad.add('X/Y');
    const [good, bad] = await Promise.allSettled([cache.tickers(['A/B', 'C/D']), cache.tickers(['X/Y'])]);
    expect([good.status, bad.status]).toEqual(['fulfilled', 'rejected']);
    state.asked.length = 0;
    time.now += 600;
    await cache.tickers(['A/B']);
    expect(state.asked).toEqual(['tickers A/B C/D']);
    await expect(cache.tickers(['X/Y'])).rejects.toThrow('Invalid symbol.');
    expect(state.asked).toHaveLength(1);
  });

  test('a streamed price serves instead of a request until it is old or distrusted', async () => {
    const { state, time, cache } = setUp();
    const streamed = { symbol: 'A/B', last: 42, bid: 41, ask: 43, quoteVolume: 1, marketTime: 77 };
    cache.learn(streamed);
    expect((await cache.tickers(['A/B'])).get('A/B')).toBe(streamed);
    time.now += 1_600;
    expect((await cache.tickers(['A/B'])).get('A/B')!.last).toBe(10);
    cache.learn(streamed);
    cache.distrust();
    expect((await cache.tickers(['A/B'])).get('A/B')!.last).toBe(10);
    expect(state.asked).toHaveLength(2);
  });

  test('candles that make no sense are refused', () => {
    expect(() => toColumns([[0, 10, 9, 8, 10, 1]], 'A/B 1m')).toThrow(BadExchangeAnswer);
    expect(() =>
      toColumns(
        [
          [0, 10, 11, 9, 10, 1],
          [0, 10, 11, 9, 10, 1],
        ],
        'A/B 1m',
      ),
    ).toThrow('does not follow');
  });
});
