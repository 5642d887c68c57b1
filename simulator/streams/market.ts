import type { WebSocket } from 'ws';
import type { Exchange } from '../exchange.js';
import { type Interval, isInterval, openTime } from '../market/intervals.js';
import type { Candle } from '../market/source.js';
import type { SymbolRules } from '../market/symbols.js';
import { tradesBetween } from '../market/trades.js';
import { bookTicker, dayTicker } from '../rest/market.js';

/** Real time between two tickers or forming candles of one stream, ms. */
const PACE = 250;
/** After a long step a stream tells at most this many closed candles or trades. */
const MOST = 1_000;

interface Stream {
  name: string;
  /** Events since the last call; empty when there is nothing new. */
  next(marketTime: number, realTime: number): unknown[];
}

export interface MarketClient {
  socket: WebSocket;
  combined: boolean;
  streams: Set<string>;
}

/** All market streams: made when first asked for, told once per tick and shared by every client. */
export function createMarketStreams(exchange: Exchange) {
  const streams = new Map<string, { stream: Stream; clients: Set<MarketClient> }>();

  function subscribe(client: MarketClient, name: string): void {
    client.streams.add(name);
    const known = streams.get(name);
    if (known) {
      known.clients.add(client);
      return;
    }
    const stream = streamOf(exchange, name);
    if (stream) streams.set(name, { stream, clients: new Set([client]) });
  }

  function unsubscribe(client: MarketClient, name: string): void {
    client.streams.delete(name);
    const known = streams.get(name);
    known?.clients.delete(client);
    if (known?.clients.size === 0) streams.delete(name);
  }

  const stop = exchange.onTick((marketTime) => {
    const now = exchange.realNow();
    for (const { stream, clients } of streams.values())
      for (const event of stream.next(marketTime, now)) {
        const plain = JSON.stringify(event);
        for (const client of clients)
          deliver(
            exchange,
            client,
            client.combined ? `{"stream":${JSON.stringify(stream.name)},"data":${plain}}` : plain,
          );
      }
  });

  return { subscribe, unsubscribe, stop };
}

/** Faults on market streams: an event lost, told twice, or the connection cut. */
function deliver(exchange: Exchange, { socket }: MarketClient, text: string): void {
  if (exchange.faults.active()) {
    const target = { endpoint: 'stream:market' };
    if (exchange.faults.draw(target, ['disconnect'])) return socket.terminate();
    if (exchange.faults.draw(target, ['drop-events'])) return;
    if (exchange.faults.draw(target, ['duplicate-events'])) socket.send(text);
  }
  socket.send(text);
}

const fixed = (value: number) => value.toFixed(8);

/** null for a name that no symbol or kind fits: subscribed without complaint and silent, as on the real exchange. */
function streamOf(exchange: Exchange, name: string): Stream | null {
  const [pair = '', kind = ''] = name.split('@', 2);
  if (name === '!miniTicker@arr' || name === '!ticker@arr') {
    const view = name === '!ticker@arr' ? ticker : miniTicker;
    return paced(name, (time) => [exchange.source.symbols().map((rules) => view(exchange, rules, time))]);
  }
  const rules = exchange.source.rules(pair.toUpperCase());
  if (!rules) return null;
  if (kind === 'ticker') return paced(name, (time) => [ticker(exchange, rules, time)]);
  if (kind === 'miniTicker') return paced(name, (time) => [miniTicker(exchange, rules, time)]);
  if (kind === 'bookTicker')
    return changed(name, (time) => ({ u: time, s: rules.symbol, ...short(bookTicker(exchange, rules)) }));
  if (kind === 'trade' || kind === 'aggTrade') return trades(exchange, name, rules.symbol, kind === 'aggTrade');
  const interval = kind.startsWith('kline_') ? kind.slice(6) : '';
  return isInterval(interval) ? klines(exchange, name, rules.symbol, interval) : null;
}

const short = (book: ReturnType<typeof bookTicker>) => ({
  b: book.bidPrice,
  B: book.bidQty,
  a: book.askPrice,
  A: book.askQty,
});

function paced(name: string, make: (marketTime: number) => unknown[]): Stream {
  let last = 0;
  return {
    name,
    next(marketTime, realTime) {
      if (realTime - last < PACE) return [];
      last = realTime;
      return make(marketTime);
    },
  };
}

/** Tells only what differs from what it told before, apart from its update id. */
function changed(name: string, make: (marketTime: number) => { u: number; b: string }): Stream {
  let last = '';
  return {
    name,
    next(marketTime) {
      const event = make(marketTime);
      if (event.b === last) return [];
      last = event.b;
      return [event];
    },
  };
}

function trades(exchange: Exchange, name: string, symbol: string, aggregated: boolean): Stream {
  let from = exchange.time();
  return {
    name,
    next(marketTime) {
      const list = tradesBetween(exchange.source, symbol, Math.max(from, marketTime - MOST * 1_000), marketTime, MOST);
      from = marketTime;
      return list.map((one) => ({
        e: aggregated ? 'aggTrade' : 'trade',
        E: one.time,
        s: symbol,
        ...(aggregated ? { a: one.id, f: one.id, l: one.id } : { t: one.id }),
        p: fixed(one.price),
        q: fixed(one.quantity),
        T: one.time,
        m: one.buyerIsMaker,
        M: true,
      }));
    },
  };
}

function klines(exchange: Exchange, name: string, symbol: string, interval: Interval): Stream {
  let open = openTime(exchange.time(), interval);
  let last = 0;
  return {
    name,
    next(marketTime, realTime) {
      const newest = openTime(marketTime, interval);
      if (newest === open && realTime - last < PACE) return [];
      last = realTime;
      const found = exchange.source.candles(symbol, interval, { now: marketTime, from: open, limit: MOST });
      open = newest;
      return found instanceof Promise ? [] : found.map((candle) => klineEvent(symbol, interval, candle, marketTime));
    },
  };
}

const klineEvent = (symbol: string, interval: Interval, candle: Candle, time: number) => ({
  e: 'kline',
  E: time,
  s: symbol,
  k: {
    t: candle.openTime,
    T: candle.closeTime,
    s: symbol,
    i: interval,
    f: Math.floor(candle.openTime / 1_000),
    L: Math.floor(Math.min(candle.closeTime, time) / 1_000),
    o: fixed(candle.open),
    c: fixed(candle.close),
    h: fixed(candle.high),
    l: fixed(candle.low),
    v: fixed(candle.volume),
    n: candle.trades,
    x: candle.closed,
    q: fixed(candle.quoteVolume),
    V: fixed(candle.volume / 2),
    Q: fixed(candle.quoteVolume / 2),
    B: '0',
  },
});

function miniTicker(exchange: Exchange, rules: SymbolRules, time: number) {
  const day = exchange.source.day(rules.symbol, time);
  return {
    e: '24hrMiniTicker',
    E: time,
    s: rules.symbol,
    c: fixed(day.last),
    o: fixed(day.open),
    h: fixed(day.high),
    l: fixed(day.low),
    v: fixed(day.volume),
    q: fixed(day.quoteVolume),
  };
}

function ticker(exchange: Exchange, rules: SymbolRules, time: number) {
  const day = dayTicker({ exchange, time }, rules);
  return {
    e: '24hrTicker',
    E: time,
    s: rules.symbol,
    p: day.priceChange,
    P: day.priceChangePercent,
    w: day.weightedAvgPrice,
    x: day.prevClosePrice,
    c: day.lastPrice,
    Q: day.lastQty,
    b: day.bidPrice,
    B: day.bidQty,
    a: day.askPrice,
    A: day.askQty,
    o: day.openPrice,
    h: day.highPrice,
    l: day.lowPrice,
    v: day.volume,
    q: day.quoteVolume,
    O: day.openTime,
    C: day.closeTime,
    F: day.firstId,
    L: day.lastId,
    n: day.count,
  };
}
