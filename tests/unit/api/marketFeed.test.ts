import { createMarketCache } from '../../../adapters/exchange/marketCache.js';
import type { MarketExchange, Ticker } from '../../../adapters/exchange/port.js';
import { toColumns } from '../../../adapters/exchange/reports.js';
import { createMarketFeed } from '../../../api/services/marketFeed.js';

const SUBJECT = { mode: 'paper' as const, symbols: ['BTC/USDT'], timeframe: '5m' as const };
const STEP = 300_000;
const START = 5_000 * STEP;

/** A feed over an exchange whose candles can be held back, and what its listeners were told. */
function lab() {
  const state = { price: 100, marketTime: START, held: null as Promise<void> | null };
  const ticker = (): Ticker => {
    const { price, marketTime } = state;
    return { symbol: 'BTC/USDT', last: price, bid: price, ask: price, quoteVolume: 1, marketTime };
  };
  let stream: (ticker: Ticker) => void = () => undefined;
  const exchange: Pick<MarketExchange, 'tickers' | 'candles'> = {
    tickers: async () => new Map([['BTC/USDT', ticker()]]),
    async candles(_symbol, _timeframe, { limit }) {
      await state.held;
      const rows = Array.from({ length: limit }, (_, i) => {
        return [state.marketTime - (limit - i) * STEP, 100, 101, 99, 100, 1] as const;
      });
      return toColumns(rows, 'test');
    },
  };
  const venue = {
    market: createMarketCache(exchange as MarketExchange),
    exchange: {
      async watchTickers(_symbols: readonly string[], listener: (ticker: Ticker) => void) {
        stream = listener;
        return () => undefined;
      },
    },
  };
  const feed = createMarketFeed({ venue: () => venue as never, log: { debug: () => undefined } as never });
  const told: (number | undefined)[] = [];
  feed.listen(SUBJECT, ({ items }) => told.push(items[0]?.price));
  return {
    state,
    feed,
    told,
    move(price: number): void {
      state.price = price;
      stream(ticker());
    },
    /** Holds back the candles of the next ones that are made; the returned function lets them go. */
    holdBack(): () => void {
      let release: () => void = () => undefined;
      state.held = new Promise((resolve) => (release = resolve));
      state.marketTime += 2 * STEP;
      return release;
    },
  };
}

async function until(reached: () => boolean, within = 5_000): Promise<void> {
  for (const end = Date.now() + within; !reached(); await new Promise((next) => setTimeout(next, 5)))
    if (Date.now() > end) throw new Error(`not reached within ${within} ms`);
}

test('a price is told at once while the exchange is slow with its candles, and so is the next', async () => {
  const { feed, told, move, holdBack } = lab();
  try {
    await until(() => told.at(-1) === 100);
    const release = holdBack();
    const begun = Date.now();
    move(101);
    await until(() => told.at(-1) === 101);
    move(102);
    await until(() => told.at(-1) === 102);
    expect(Date.now() - begun).toBeLessThan(900);
    release();
  } finally {
    feed.close();
  }
});

test('a price that comes while others are being told is told as well, though nothing follows it', async () => {
  const { feed, told, move, holdBack } = lab();
  try {
    await until(() => told.at(-1) === 100);
    const release = holdBack();
    move(101);
    setTimeout(() => move(102), 40); // after the telling of 101 has begun and before it ends
    await until(() => told.at(-1) === 102);
    release();
  } finally {
    feed.close();
  }
});

test('everyone who listens is told the same object, so that it is written down once', async () => {
  const { feed, told } = lab();
  const news: object[] = [];
  try {
    for (let page = 0; page < 3; page++) feed.listen(SUBJECT, (one) => news.push(one));
    await until(() => told.length > 0);
    expect(news.length).toBeGreaterThanOrEqual(3);
    expect(new Set(news.slice(0, 3)).size).toBe(1);
  } finally {
    feed.close();
  }
});
