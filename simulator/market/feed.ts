import { numberOf } from '../amounts.js';
import { ApiError } from '../rest/errors.js';
import { createFeedClient, type FeedClient } from './feedClient.js';
import { INTERVAL_MS, type Interval, openTime, shiftOpen } from './intervals.js';
import type { Candle, CandleQuery, DayStatistics, MarketSource, PathPoint } from './source.js';
import type { SymbolRules } from './symbols.js';

const MINUTE = 60_000;
/** Candles kept of each symbol, in minutes, and points of the path. */
const KEPT = 3_000;
const POINTS_KEPT = 20_000;
const POLL_EVERY = 1_000;
/** Without news for this long the market counts as closed for new orders, ms. */
export const STALE_AFTER = 15_000;

interface Live {
  rules: SymbolRules;
  /** Closed candles of a minute and the forming one, oldest first, without gaps but the feed's own. */
  candles: Candle[];
  points: PathPoint[];
  day: DayStatistics;
}

export interface FeedMarket extends MarketSource {
  /** Asks once for news; the poller calls it every second. */
  poll(): Promise<void>;
  stop(): void;
}

/**
 * The public market data of another Binance-compatible address instead of recorded candles, in real time. Prices are asked
 * for every second together with the forming candle, so that no extreme between two looks is missed. After an outage the
 * missed candles are walked through. While it lasts, time goes on, prices stay as last known and carry their old time, and
 * new orders are refused ("Market is closed."); cancels and queries work.
 */
export async function createFeedMarket(
  url: string,
  symbols: readonly string[],
  realNow: () => number,
  client: FeedClient = createFeedClient(url),
): Promise<FeedMarket> {
  const live = new Map<string, Live>();
  const state = { lastUpdate: 0, error: '' };
  const news = await client.rules(symbols);
  const days = await client.day(symbols);
  for (const rules of news) {
    const candles = await history(client, rules.symbol, realNow());
    const day = days.get(rules.symbol);
    if (!day || candles.length === 0) throw new Error(`the feed has no prices of ${rules.symbol}`);
    const now = realNow();
    const points = candles.flatMap((candle) => pointsOf(candle, now));
    points.push({ time: now, price: (candles.at(-1) as Candle).close, continuous: true });
    live.set(rules.symbol, { rules, candles, points, day });
  }
  state.lastUpdate = realNow();
  const get = (symbol: string): Live => {
    const one = live.get(symbol);
    if (!one) throw new Error(`no feed of ${symbol}`);
    return one;
  };

  async function poll(): Promise<void> {
    try {
      const fresh = await client.day([...live.keys()]);
      const minutes = Math.ceil((realNow() - state.lastUpdate) / MINUTE) + 2;
      await Promise.all(
        [...live].map(async ([symbol, one]) => {
          const candles = await client.candles(symbol, '1m', { limit: Math.min(minutes, 1_000) });
          take(one, candles, fresh.get(symbol));
        }),
      );
      state.lastUpdate = realNow();
      state.error = '';
    } catch (error) {
      state.error = (error as Error).message;
    }
  }

  /** Adds what is new: extremes not seen before in the nearer-first order, then the last price. */
  function take(one: Live, candles: readonly Candle[], day: DayStatistics | undefined): void {
    const prices: { price: number; continuous: boolean }[] = [];
    for (const candle of candles) {
      const known = one.candles.at(-1);
      if (known && candle.openTime < known.openTime) continue;
      if (known?.openTime === candle.openTime) {
        const last = one.points.at(-1)?.price ?? known.close;
        const extremes = [
          candle.high > known.high ? candle.high : null,
          candle.low < known.low ? candle.low : null,
        ].filter((price) => price !== null);
        extremes.sort((a, b) => Math.abs(a - last) - Math.abs(b - last));
        for (const price of [...extremes, candle.close]) prices.push({ price, continuous: true });
        one.candles[one.candles.length - 1] = candle;
      } else {
        for (const point of pointsOf(candle, Number.MAX_SAFE_INTEGER)) prices.push(point);
        one.candles.push(candle);
      }
    }
    if (day) {
      one.day = day;
      if (prices.length === 0) prices.push({ price: day.last, continuous: true });
    }
    // Later than any moment that the exchange may already have walked to.
    let time = Math.max(realNow() + 1, (one.points.at(-1)?.time ?? 0) + 1);
    for (const { price, continuous } of prices)
      if (price !== one.points.at(-1)?.price) one.points.push({ time: time++, price, continuous });
    if (one.candles.length > KEPT) one.candles.splice(0, one.candles.length - KEPT);
    if (one.points.length > POINTS_KEPT) one.points.splice(0, POINTS_KEPT / 2);
  }

  /** From the kept minutes where they cover what is asked; null where the feed itself has to be asked. */
  function local(symbol: string, interval: Interval, query: CandleQuery): Candle[] | null {
    const length = INTERVAL_MS[interval];
    const kept = get(symbol).candles;
    const first = kept[0]?.openTime ?? Number.MAX_SAFE_INTEGER;
    const to = Math.min(query.to ?? query.now, query.now);
    const from = query.from ?? (length === 0 ? 0 : openTime(to, interval) - length * (query.limit - 1));
    if (length < MINUTE || length > INTERVAL_MS['1h'] || openTime(from, interval) < first) return null;
    const found: Candle[] = [];
    for (const candle of kept) {
      const open = openTime(candle.openTime, interval);
      if (open < from || open > to) continue;
      const last = found.at(-1);
      if (last?.openTime === open) join(last, candle);
      else found.push({ ...candle, openTime: open, closeTime: shiftOpen(open, interval, 1) - 1 });
    }
    for (const candle of found) candle.closed = query.now > candle.closeTime;
    return query.from !== undefined ? found.slice(0, query.limit) : found.slice(-query.limit);
  }

  const at = (one: Live, t: number): number => {
    for (let i = one.points.length - 1; i >= 0; i--)
      if ((one.points[i]?.time ?? 0) <= t) return one.points[i]?.price as number;
    return one.points[0]?.price ?? one.day.last;
  };

  const staleMs = () => realNow() - state.lastUpdate;
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    void poll().finally(() => {
      busy = false;
    });
  }, POLL_EVERY);
  timer.unref();

  return {
    kind: 'feed',
    baseInterval: MINUTE,
    rules: (symbol) => live.get(symbol)?.rules,
    symbols: () => [...live.values()].map((one) => one.rules),
    priceAt: (symbol, t) => at(get(symbol), t),
    path(symbol, from, to) {
      const { points } = get(symbol);
      let first = points.length;
      while (first > 0 && (points[first - 1]?.time ?? 0) > from) first--;
      return points.slice(first).filter((point) => point.time <= to);
    },
    candles: (symbol, interval, query) => local(symbol, interval, query) ?? remote(client, symbol, interval, query),
    day: (symbol) => ({ ...get(symbol).day, last: get(symbol).points.at(-1)?.price ?? get(symbol).day.last }),
    minuteVolume(symbol) {
      const { candles, rules } = get(symbol);
      const recent = candles.slice(-1_000);
      return Math.max(
        recent.reduce((sum, candle) => sum + candle.volume, 0) / Math.max(recent.length, 1),
        numberOf(rules.step) * 100,
      );
    },
    shift: () => {
      throw new Error('prices of a live feed cannot be moved');
    },
    isOpen: () => staleMs() < STALE_AFTER,
    health: () => ({
      feed: {
        url,
        ok: staleMs() < STALE_AFTER,
        lastUpdate: state.lastUpdate,
        staleMs: staleMs(),
        ...(state.error ? { error: state.error } : {}),
      },
    }),
    poll,
    stop: () => clearInterval(timer),
  };
}

async function history(client: FeedClient, symbol: string, now: number): Promise<Candle[]> {
  const newest = await client.candles(symbol, '1m', { limit: 1_000 });
  const before = await client.candles(symbol, '1m', { to: (newest[0]?.openTime ?? now) - 1, limit: 1_000 });
  return [...before, ...newest];
}

/** The way inside a candle: open, nearer extreme, further one, close, a third of the time each; only what is past. */
function pointsOf(candle: Candle, now: number): PathPoint[] {
  const lowFirst = candle.open - candle.low < candle.high - candle.open;
  const way = [candle.open, lowFirst ? candle.low : candle.high, lowFirst ? candle.high : candle.low, candle.close];
  return way
    .map((price, i) => ({ time: candle.openTime + Math.floor((i * (MINUTE - 1)) / 3), price, continuous: i > 0 }))
    .filter((point) => point.time <= now);
}

function join(sum: Candle, next: Candle): void {
  sum.high = Math.max(sum.high, next.high);
  sum.low = Math.min(sum.low, next.low);
  sum.close = next.close;
  sum.volume += next.volume;
  sum.quoteVolume += next.quoteVolume;
  sum.trades += next.trades;
}

/** Longer history comes from the feed as it is; without the feed there is none, and that is said, not substituted. */
async function remote(
  client: FeedClient,
  symbol: string,
  interval: Interval,
  { from, to, limit, now }: CandleQuery,
): Promise<Candle[]> {
  try {
    const candles = await client.candles(symbol, interval, { from, to, limit });
    return candles.map((candle) => ({ ...candle, closed: now > candle.closeTime }));
  } catch {
    throw new ApiError(-1001, 'Internal error; unable to process your request. Please try again.', 503);
  }
}
