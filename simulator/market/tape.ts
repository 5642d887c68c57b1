import type { Recording } from './files.js';

/** One symbol's record laid endlessly on market time: forwards, backwards, forwards … so that the ends always meet. */
export interface Tape {
  priceAt(t: number): number;
  /** Calls back at every corner of the path in (from, to], and at `to`. */
  corners(from: number, to: number, visit: (time: number, price: number, continuous: boolean) => void): void;
  /** Whether a candle exists at any moment of [from, to). */
  hasCandle(from: number, to: number): boolean;
  /** The first moment in [from, to] at which a candle exists. */
  firstTime(from: number, to: number): number;
  /** The price at the very end of the time before `t`. */
  closeBefore(t: number): number;
  volumes(from: number, to: number, visit: (volume: number, turnover: number) => void): void;
  /** The whole candle that opens at `t`; null in a gap. The object is reused by the next call. */
  slot(t: number): Slot | null;
  slotStart(t: number): number;
  aligned(t: number): boolean;
}

export interface Slot {
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
  quoteVolume: number;
}

/**
 * @param start, end the part of the record to use, ms of its own time
 * @param anchor market time at which `start` lies in the first forward pass
 */
export function createTape(recording: Recording, start: number, end: number, anchor: number): Tape {
  const { interval } = recording;
  const first = Math.round((start - recording.start) / interval);
  const count = Math.max(1, Math.round((end - start) / interval));
  const reused: Slot = { open: 0, high: 0, low: 0, close: 0, volume: 0, quoteVolume: 0 };

  /** Fills `reused` with slot `k`; false in a gap. A pass backwards swaps open and close. */
  function load(k: number): boolean {
    const pass = Math.floor(k / count);
    const place = k - pass * count;
    const backwards = (pass & 1) !== 0;
    const i = first + (backwards ? count - 1 - place : place);
    const open = recording.open[i] as number;
    if (!(open > 0)) return false;
    const close = recording.close[i] as number;
    reused.open = backwards ? close : open;
    reused.close = backwards ? open : close;
    reused.high = recording.high[i] as number;
    reused.low = recording.low[i] as number;
    reused.volume = recording.volume[i] as number;
    reused.quoteVolume = reused.volume * ((open + reused.high + reused.low + close) / 4);
    return true;
  }

  const indexOf = (t: number) => Math.floor((t - anchor) / interval);
  const timeOf = (k: number) => anchor + k * interval;

  /** Fills `reused` with the newest candle at or before slot `k`. */
  function loadBefore(k: number): number {
    for (let i = k; i > k - 2 * count; i--) if (load(i)) return i;
    throw new Error(`${recording.symbol}: no candle in the whole record`);
  }

  const corner = (leg: number): number => {
    const downFirst = lowFirst(reused);
    if (leg === 0) return reused.open;
    if (leg === 1) return downFirst ? reused.low : reused.high;
    if (leg === 2) return downFirst ? reused.high : reused.low;
    return reused.close;
  };

  function priceAt(t: number): number {
    const k = indexOf(t);
    if (!load(k)) {
      loadBefore(k - 1);
      return reused.close;
    }
    const progress = ((t - timeOf(k)) / interval) * 3;
    const leg = Math.min(2, Math.floor(progress));
    const from = corner(leg);
    return from + (corner(leg + 1) - from) * (progress - leg);
  }

  function corners(from: number, to: number, visit: (time: number, price: number, continuous: boolean) => void): void {
    let reached = from;
    for (let k = indexOf(from); timeOf(k) <= to; k++) {
      if (!load(k)) continue;
      const opening = timeOf(k);
      const prices = [0, 1, 2, 3].map(corner);
      for (let leg = 0; leg <= 3; leg++) {
        // The last corner lies a hair before the next candle's opening, so that each keeps its own prices.
        const time = leg === 3 ? opening + interval - 0.001 : opening + (interval * leg) / 3;
        if (time <= from || time > to) continue;
        visit(time, prices[leg] as number, leg > 0);
        reached = time;
      }
    }
    if (reached < to) visit(to, priceAt(to), indexOf(reached) === indexOf(to));
  }

  return {
    priceAt,
    corners,
    hasCandle(from, to) {
      for (let k = indexOf(from); timeOf(k) < to; k++) if (load(k)) return true;
      return false;
    },
    firstTime(from, to) {
      for (let k = indexOf(from); timeOf(k) <= to; k++) if (load(k)) return Math.max(from, timeOf(k));
      return from;
    },
    closeBefore(t) {
      const k = indexOf(t - 0.001);
      if (!load(k) || timeOf(k + 1) <= t) {
        loadBefore(k);
        return reused.close;
      }
      return priceAt(t);
    },
    volumes(from, to, visit) {
      for (let k = indexOf(from); timeOf(k) < to; k++) {
        if (!load(k)) continue;
        const share = (Math.min(to, timeOf(k + 1)) - Math.max(from, timeOf(k))) / interval;
        visit(reused.volume * share, reused.quoteVolume * share);
      }
    },
    slot: (t) => (load(indexOf(t)) ? reused : null),
    slotStart: (t) => timeOf(indexOf(t)),
    aligned: (t) => (t - anchor) % interval === 0,
  };
}

/** The nearer extreme comes first; at equal distance the low one when the candle closes higher, else the high one. */
function lowFirst(candle: Slot): boolean {
  const up = candle.high - candle.open;
  const down = candle.open - candle.low;
  return down === up ? candle.close >= candle.open : down < up;
}
