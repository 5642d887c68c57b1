import { formatAmount } from '../amounts.js';
import type { Exchange } from '../exchange.js';
import { BOOK_LEVELS, bestPrice, bookSide } from '../market/book.js';
import { type Interval, isInterval } from '../market/intervals.js';
import type { Candle, CandleQuery } from '../market/source.js';
import type { SymbolRules } from '../market/symbols.js';
import { tradesBetween } from '../market/trades.js';
import { errors } from './errors.js';
import { exchangeInfo } from './exchangeInfo.js';
import type { Params } from './params.js';
import type { Route, RouteContext } from './routes.js';

const fixed = (value: number) => value.toFixed(8);
const SYMBOL_FORM = /^[A-Z0-9-_.]{1,20}$/;

export function rulesOf(exchange: Exchange, symbol: string): SymbolRules {
  if (!SYMBOL_FORM.test(symbol)) throw errors.illegalCharacters('symbol', '^[A-Z0-9-_.]{1,20}$');
  const rules = exchange.source.rules(symbol);
  if (!rules) throw errors.unknownSymbol();
  return rules;
}

/** `symbol`, `symbols` or none for all; `single` says whether the answer is one object. */
function chosen({ exchange, params }: Pick<RouteContext, 'exchange' | 'params'>): {
  single: boolean;
  rules: readonly SymbolRules[];
} {
  const symbol = params.text('symbol');
  const symbols = params.symbols('symbols');
  if (symbol !== undefined && symbols !== undefined) throw errors.combination();
  if (symbol !== undefined) return { single: true, rules: [rulesOf(exchange, symbol)] };
  if (symbols !== undefined) return { single: false, rules: symbols.map((one) => rulesOf(exchange, one)) };
  return { single: false, rules: exchange.source.symbols() };
}

const forEach = (context: RouteContext, view: (rules: SymbolRules) => unknown) => {
  const { single, rules } = chosen(context);
  const views = rules.map(view);
  return single ? views[0] : views;
};

const tickerWeight = (one: number, all: number) => (params: Params) =>
  params.has('symbol') || params.has('symbols') ? one : all;

export function klineRow(candle: Candle): unknown[] {
  return [
    candle.openTime,
    fixed(candle.open),
    fixed(candle.high),
    fixed(candle.low),
    fixed(candle.close),
    fixed(candle.volume),
    candle.closeTime,
    fixed(candle.quoteVolume),
    candle.trades,
    fixed(candle.volume / 2),
    fixed(candle.quoteVolume / 2),
    '0',
  ];
}

export function klineQuery(params: Params, now: number): { interval: Interval; query: CandleQuery } {
  const interval = params.required('interval');
  if (!isInterval(interval)) throw errors.interval();
  const from = params.whole('startTime');
  const to = params.whole('endTime');
  if (from !== undefined && to !== undefined && from > to) throw errors.startAfterEnd();
  const limit = params.whole('limit') ?? 500;
  return { interval, query: { now, from, to, limit: Math.max(1, Math.min(limit, 1_000)) } };
}

export function dayTicker({ exchange, time }: Pick<RouteContext, 'exchange' | 'time'>, rules: SymbolRules) {
  const day = exchange.source.day(rules.symbol, time);
  const book = bookTicker(exchange, rules);
  const change = day.last - day.open;
  return {
    symbol: rules.symbol,
    priceChange: fixed(change),
    priceChangePercent: ((change / day.open) * 100).toFixed(3),
    weightedAvgPrice: fixed(day.volume > 0 ? day.quoteVolume / day.volume : day.last),
    prevClosePrice: fixed(day.open),
    lastPrice: fixed(day.last),
    lastQty: formatAmount(rules.step * 100n),
    bidPrice: book.bidPrice,
    bidQty: book.bidQty,
    askPrice: book.askPrice,
    askQty: book.askQty,
    openPrice: fixed(day.open),
    highPrice: fixed(day.high),
    lowPrice: fixed(day.low),
    volume: fixed(day.volume),
    quoteVolume: fixed(day.quoteVolume),
    openTime: day.openTime,
    closeTime: day.closeTime,
    firstId: Math.floor(day.openTime / 1_000),
    lastId: Math.floor(day.closeTime / 1_000),
    count: day.trades,
  };
}

export function bookTicker(exchange: Exchange, rules: SymbolRules) {
  const last = exchange.engine.last(rules.symbol);
  const volume = exchange.source.minuteVolume(rules.symbol);
  const bid = bookSide(rules, last, 'bid', volume).next().value;
  const ask = bookSide(rules, last, 'ask', volume).next().value;
  return {
    symbol: rules.symbol,
    bidPrice: formatAmount(bestPrice(rules, last, 'bid')),
    bidQty: formatAmount(bid?.quantity ?? 0n),
    askPrice: formatAmount(bestPrice(rules, last, 'ask')),
    askQty: formatAmount(ask?.quantity ?? 0n),
  };
}

function depth({ exchange, params, time }: RouteContext) {
  const rules = rulesOf(exchange, params.required('symbol'));
  const limit = Math.min(params.whole('limit') ?? 100, BOOK_LEVELS);
  const last = exchange.engine.last(rules.symbol);
  const side = (name: 'bid' | 'ask') =>
    [...bookSide(rules, last, name, exchange.source.minuteVolume(rules.symbol))]
      .slice(0, limit)
      .map((level) => [formatAmount(level.price), formatAmount(level.quantity)]);
  return { lastUpdateId: time, bids: side('bid'), asks: side('ask') };
}

const trade = (one: { id: number; price: number; quantity: number; time: number; buyerIsMaker: boolean }) => ({
  id: one.id,
  price: fixed(one.price),
  qty: fixed(one.quantity),
  quoteQty: fixed(one.price * one.quantity),
  time: one.time,
  isBuyerMaker: one.buyerIsMaker,
  isBestMatch: true,
});

const SYMBOLS = ['symbol', 'symbols', 'type', 'symbolStatus'];

/** Public market data. Candles, tickers and trades are in market time; `time` is real time. */
export const marketRoutes: Record<string, Route> = {
  'GET /api/v3/ping': { security: 'NONE', weight: 1, parameters: [], handle: () => ({}) },
  'GET /api/v3/time': { security: 'NONE', weight: 1, parameters: [], handle: ({ serverTime }) => ({ serverTime }) },
  'GET /api/v3/exchangeInfo': {
    security: 'NONE',
    weight: 20,
    parameters: ['symbol', 'symbols', 'permissions', 'showPermissionSets', 'symbolStatus'],
    handle: (context) => exchangeInfo(chosen(context).rules, context.limits, context.serverTime),
  },
  'GET /api/v3/klines': {
    security: 'NONE',
    weight: 2,
    parameters: ['symbol', 'interval', 'startTime', 'endTime', 'timeZone', 'limit'],
    handle({ exchange, params, time }) {
      const { symbol } = rulesOf(exchange, params.required('symbol'));
      const { interval, query } = klineQuery(params, time);
      const candles = exchange.source.candles(symbol, interval, query);
      return candles instanceof Promise ? candles.then((all) => all.map(klineRow)) : candles.map(klineRow);
    },
  },
  'GET /api/v3/ticker/24hr': {
    security: 'NONE',
    weight: tickerWeight(2, 80),
    parameters: SYMBOLS,
    handle: (context) => forEach(context, (rules) => dayTicker(context, rules)),
  },
  'GET /api/v3/ticker/price': {
    security: 'NONE',
    weight: tickerWeight(2, 4),
    parameters: SYMBOLS,
    handle: (context) =>
      forEach(context, ({ symbol }) => ({ symbol, price: formatAmount(context.exchange.engine.last(symbol)) })),
  },
  'GET /api/v3/ticker/bookTicker': {
    security: 'NONE',
    weight: tickerWeight(2, 4),
    parameters: SYMBOLS,
    handle: (context) => forEach(context, (rules) => bookTicker(context.exchange, rules)),
  },
  'GET /api/v3/depth': {
    security: 'NONE',
    weight: (params) => ((params.whole('limit') ?? 100) <= 100 ? 5 : (params.whole('limit') ?? 100) <= 500 ? 25 : 50),
    parameters: ['symbol', 'limit', 'symbolStatus'],
    handle: depth,
  },
  'GET /api/v3/avgPrice': {
    security: 'NONE',
    weight: 2,
    parameters: ['symbol'],
    handle({ exchange, params, time }) {
      const { symbol } = rulesOf(exchange, params.required('symbol'));
      return { mins: 5, price: formatAmount(exchange.placing.average(symbol)), closeTime: time };
    },
  },
  'GET /api/v3/trades': {
    security: 'NONE',
    weight: 25,
    parameters: ['symbol', 'limit'],
    handle({ exchange, params, time }) {
      const { symbol } = rulesOf(exchange, params.required('symbol'));
      const limit = Math.max(1, Math.min(params.whole('limit') ?? 500, 1_000));
      return tradesBetween(exchange.source, symbol, time - limit * 1_000, time, limit).map(trade);
    },
  },
  'GET /api/v3/aggTrades': {
    security: 'NONE',
    weight: 4,
    parameters: ['symbol', 'fromId', 'startTime', 'endTime', 'limit'],
    handle({ exchange, params, time }) {
      const { symbol } = rulesOf(exchange, params.required('symbol'));
      const limit = Math.max(1, Math.min(params.whole('limit') ?? 500, 1_000));
      const fromId = params.whole('fromId');
      const start = fromId !== undefined ? fromId * 1_000 - 1 : params.whole('startTime');
      const end = Math.min(params.whole('endTime') ?? time, time);
      return tradesBetween(exchange.source, symbol, start ?? end - limit * 1_000, end, limit).map((one) => ({
        a: one.id,
        p: fixed(one.price),
        q: fixed(one.quantity),
        f: one.id,
        l: one.id,
        T: one.time,
        m: one.buyerIsMaker,
        M: true,
      }));
    },
  },
};
