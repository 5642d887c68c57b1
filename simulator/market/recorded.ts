import { numberOf } from '../amounts.js';
import type { Recording } from './files.js';
import { type Interval, openTime, shiftOpen } from './intervals.js';
import { createShifts } from './shifts.js';
import type { Candle, CandleQuery, DayStatistics, MarketSource, PathPoint } from './source.js';
import { rulesOf, type SymbolRules } from './symbols.js';
import { createTape, type Tape } from './tape.js';

const DAY = 86_400_000;
/** Candles before the start of the clock, so that every client finds its warm-up: 1,000 of the base and 300 of 5m from 1m. */
const WARM_UP = 1_500;
/** How far back the repeated record is served before it begins: the exchange "listed" its symbols then. */
const HISTORY = 5 * 365 * DAY;

interface Series {
  rules: SymbolRules;
  tape: Tape;
  interval: number;
  minuteVolume: number;
  closed: Map<string, Candle>;
}

/**
 * Recorded candles as an endless market. The record is read forwards, then backwards, then forwards again (see tape.ts),
 * so the price never jumps at the ends; market time runs on. Inside a candle the price goes from the open straight to
 * the nearer extreme, to the further one and to the close, a third of the time each.
 *
 * @param anchor market time at which the record's first candle opens; undefined = its own recorded time
 */
export function createRecordedMarket(
  recordings: readonly Recording[],
  anchor?: number,
): MarketSource & { anchor: number; firstTime: number } {
  const baseInterval = Math.min(...recordings.map((recording) => recording.interval));
  const window = commonWindow(recordings);
  const start = anchor ?? window.start;
  const shifts = createShifts();
  const series = new Map(recordings.map((recording) => [recording.symbol, seriesOf(recording, window, start)]));
  const get = (symbol: string): Series => {
    const found = series.get(symbol);
    if (!found) throw new Error(`no candles of ${symbol}`);
    return found;
  };
  const round = (one: Series, price: number) => {
    const tick = numberOf(one.rules.tick);
    return Math.max(tick, Number((Math.round(price / tick) * tick).toFixed(8)));
  };

  const priceAt = (symbol: string, t: number) => {
    const one = get(symbol);
    return round(one, one.tape.priceAt(t) * shifts.factorAt(symbol, t));
  };

  /** Corners of the way and every shift of price in (from, to], and `to` itself. */
  function path(symbol: string, from: number, to: number): PathPoint[] {
    const one = get(symbol);
    const points: PathPoint[] = [];
    const add = (time: number, raw: number, factor: number, continuous: boolean) =>
      points.push({ time, price: round(one, raw * factor), continuous });
    const changes = shifts.between(symbol, from, to);
    let next = 0;
    one.tape.corners(from, to, (time, raw, continuous) => {
      for (; next < changes.length && (changes[next]?.at as number) <= time; next++) {
        const change = changes[next];
        if (!change) break;
        const there = one.tape.priceAt(change.at);
        if (change.at < time) add(change.at, there, shifts.factorAt(symbol, change.at - 1), true);
        else if (continuous) add(time, raw, change.before, true);
        add(change.at, there, change.after, change.continuous);
      }
      add(time, raw, shifts.factorAt(symbol, time), continuous);
    });
    return points;
  }

  /** A candle of any length from the walked path: used where a slot is not over, is cut, or its price was shifted. */
  function walked(symbol: string, open: number, end: number, now: number): Candle | null {
    const one = get(symbol);
    const last = Math.min(end, now);
    if (open > now || !one.tape.hasCandle(open, Math.max(last, open + 1))) return null;
    const first = one.tape.firstTime(open, last);
    const before = shifts.factorBefore(symbol, first);
    const opening = round(one, one.tape.priceAt(first) * before);
    const candle = blank(open, end, opening, now >= end);
    const see = (price: number) => {
      candle.high = Math.max(candle.high, price);
      candle.low = Math.min(candle.low, price);
      candle.close = price;
    };
    const until = now >= end ? end - 0.001 : last;
    if (shifts.between(symbol, first - 0.001, first).length > 0) see(priceAt(symbol, first));
    for (const point of path(symbol, first, until)) see(point.price);
    if (now >= end) see(round(one, one.tape.closeBefore(end) * shifts.factorAt(symbol, end - 0.001)));
    one.tape.volumes(open, last, (volume, turnover) => {
      candle.volume += volume;
      candle.quoteVolume += turnover;
    });
    return finish(one, candle);
  }

  function aggregate(symbol: string, interval: Interval, open: number, now: number): Candle | null {
    const one = get(symbol);
    const end = shiftOpen(open, interval, 1);
    const key = `${interval}${open}`;
    const cached = one.closed.get(key);
    if (cached) return cached;
    if (!one.tape.aligned(open) || (end - open) % one.interval !== 0) return walked(symbol, open, end, now);
    let total: Candle | null = null;
    for (let at = open; at < end && at <= now; at += one.interval) {
      const slotEnd = at + one.interval;
      const plain = now >= slotEnd && !shifts.touches(symbol, at, slotEnd);
      const slot = plain ? one.tape.slot(at) : walked(symbol, at, slotEnd, now);
      if (!slot) continue;
      const factor = plain ? shifts.factorAt(symbol, at) : 1;
      total = extend(total, slot, factor, open, end, now);
    }
    if (!total) return null;
    if (shifts.any(symbol)) {
      total.open = round(one, total.open);
      total.high = round(one, total.high);
      total.low = round(one, total.low);
      total.close = round(one, total.close);
    }
    finish(one, total);
    if (total.closed && end - open >= 3_600_000) remember(one.closed, key, total);
    return total;
  }

  function candles(symbol: string, interval: Interval, query: CandleQuery): Candle[] {
    const listed = openTime(start - HISTORY, interval);
    const newest = openTime(Math.min(query.to ?? query.now, query.now), interval);
    const found: Candle[] = [];
    if (query.from !== undefined) {
      let at = openTime(query.from, interval);
      if (at < query.from) at = shiftOpen(at, interval, 1);
      for (at = Math.max(at, listed); at <= newest && found.length < query.limit; at = shiftOpen(at, interval, 1)) {
        const candle = aggregate(symbol, interval, at, query.now);
        if (candle) found.push(candle);
      }
      return found;
    }
    for (let at = newest; at >= listed && found.length < query.limit; at = shiftOpen(at, interval, -1)) {
      const candle = aggregate(symbol, interval, at, query.now);
      if (candle) found.push(candle);
    }
    return found.reverse();
  }

  function day(symbol: string, now: number): DayStatistics {
    const one = get(symbol);
    const from = now - DAY;
    const last = priceAt(symbol, now);
    const result: DayStatistics = {
      open: priceAt(symbol, from),
      high: last,
      low: last,
      last,
      volume: 0,
      quoteVolume: 0,
      trades: 0,
      openTime: from,
      closeTime: now,
    };
    const first = one.tape.slotStart(from) + one.interval;
    for (let at = first; at <= now; at += one.interval) {
      const end = at + one.interval;
      const plain = now >= end && !shifts.touches(symbol, at, end);
      const slot = plain ? one.tape.slot(at) : walked(symbol, at, end, now);
      if (!slot) continue;
      const factor = plain ? shifts.factorAt(symbol, at) : 1;
      if (slot.high * factor > result.high) result.high = round(one, slot.high * factor);
      if (slot.low * factor < result.low) result.low = round(one, slot.low * factor);
      result.volume += slot.volume;
      result.quoteVolume += slot.quoteVolume * factor;
    }
    result.trades = tradeCount(one, result.volume);
    return result;
  }

  return {
    kind: 'recorded',
    anchor: start,
    firstTime: start + Math.min(WARM_UP, Math.floor((window.end - window.start) / baseInterval / 2)) * baseInterval,
    baseInterval,
    rules: (symbol) => series.get(symbol)?.rules,
    symbols: () => [...series.values()].map((one) => one.rules),
    priceAt,
    path,
    candles,
    day,
    minuteVolume: (symbol) => get(symbol).minuteVolume,
    shift: (change) => shifts.add(change),
  };
}

/** The span that all records share, when that is most of the longest; else each repeats its own. */
function commonWindow(recordings: readonly Recording[]): { start: number; end: number; shared: boolean } {
  const ends = recordings.map((one) => one.start + one.length * one.interval);
  const coarsest = Math.max(...recordings.map((one) => one.interval));
  const start = Math.ceil(Math.max(...recordings.map((one) => one.start)) / coarsest) * coarsest;
  const end = Math.floor(Math.min(...ends) / coarsest) * coarsest;
  const longest = Math.max(...recordings.map((one) => one.length * one.interval));
  if (end - start >= longest / 2) return { start, end, shared: true };
  return { start: Math.min(...recordings.map((one) => one.start)), end: Math.max(...ends), shared: false };
}

function seriesOf(
  recording: Recording,
  window: { start: number; end: number; shared: boolean },
  anchor: number,
): Series {
  const start = window.shared ? window.start : recording.start;
  const end = window.shared ? window.end : recording.start + recording.length * recording.interval;
  const tape = createTape(recording, start, end, anchor + (start - window.start));
  const seen = recording.volume.filter((volume) => Number.isFinite(volume));
  const mean = seen.reduce((sum, volume) => sum + volume, 0) / Math.max(seen.length, 1);
  return {
    rules: rulesOf(recording),
    tape,
    interval: recording.interval,
    minuteVolume: (mean * 60_000) / recording.interval,
    closed: new Map(),
  };
}

const blank = (open: number, end: number, price: number, closed: boolean): Candle => ({
  openTime: open,
  closeTime: end - 1,
  open: price,
  high: price,
  low: price,
  close: price,
  volume: 0,
  quoteVolume: 0,
  trades: 0,
  closed,
});

type SlotLike = { open: number; high: number; low: number; close: number; volume: number; quoteVolume: number };

function extend(total: Candle | null, slot: SlotLike, factor: number, open: number, end: number, now: number): Candle {
  const sum = total ?? blank(open, end, slot.open * factor, now >= end);
  sum.high = Math.max(sum.high, slot.high * factor);
  sum.low = Math.min(sum.low, slot.low * factor);
  sum.close = slot.close * factor;
  sum.volume += slot.volume;
  sum.quoteVolume += slot.quoteVolume * factor;
  return sum;
}

function finish(one: Series, candle: Candle): Candle {
  const decimals = 8;
  candle.volume = Number(candle.volume.toFixed(decimals));
  candle.quoteVolume = Number(candle.quoteVolume.toFixed(decimals));
  candle.trades = tradeCount(one, candle.volume);
  return candle;
}

/** The records hold no trade counts: one trade per thousandth of a minute's mean volume stands in. */
const tradeCount = (one: Series, volume: number) =>
  volume > 0 ? Math.max(1, Math.round((volume / one.minuteVolume) * 1_000)) : 0;

const REMEMBERED = 20_000;
function remember(cache: Map<string, Candle>, key: string, candle: Candle): void {
  if (cache.size >= REMEMBERED) cache.clear();
  cache.set(key, candle);
}
