import type { EquityCurve } from './returns.js';

export interface Drawdown {
  /** Largest fall from a peak, fraction of the peak. */
  depth: number;
  peakTime: number | null;
  bottomTime: number | null;
  /** When the peak of the deepest fall was reached again; null if it was not. */
  recoveryTime: number | null;
  /** From that peak to the recovery or the end, ms. */
  length: number;
  /** Longest time below an earlier peak, ms, and the share of all time spent there, 0 to 1. */
  longestUnderwater: number;
  underwaterShare: number;
}

/** Falls from the running peak, on every point of the curve. */
export function drawdown({ time, equity }: EquityCurve): Drawdown {
  const found: Drawdown = {
    depth: 0,
    peakTime: null,
    bottomTime: null,
    recoveryTime: null,
    length: 0,
    longestUnderwater: 0,
    underwaterShare: 0,
  };
  const last = time.length - 1;
  if (last < 1) return found;
  let peak = equity[0]!;
  let peakTime = time[0]!;
  let below = 0;
  for (let index = 1; index <= last; index++) {
    const value = equity[index]!;
    if (value >= peak) {
      if (found.peakTime === peakTime && found.recoveryTime === null && found.depth > 0)
        found.recoveryTime = time[index]!;
      if (peakTime < time[index - 1]!)
        found.longestUnderwater = Math.max(found.longestUnderwater, time[index]! - peakTime);
      peak = value;
      peakTime = time[index]!;
      continue;
    }
    below += time[index]! - time[index - 1]!;
    const depth = 1 - value / peak;
    if (depth > found.depth) {
      found.depth = depth;
      found.peakTime = peakTime;
      found.bottomTime = time[index]!;
      found.recoveryTime = null;
    }
  }
  if (equity[last]! < peak) found.longestUnderwater = Math.max(found.longestUnderwater, time[last]! - peakTime);
  found.length = found.peakTime === null ? 0 : (found.recoveryTime ?? time[last]!) - found.peakTime;
  found.underwaterShare = below / (time[last]! - time[0]!);
  return found;
}

/** Distance below the running peak at every point, fraction, 0 or negative: the underwater curve. */
export function underwater(equity: ArrayLike<number>): Float64Array {
  const out = new Float64Array(equity.length);
  let peak = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < out.length; index++) {
    peak = Math.max(peak, equity[index]!);
    out[index] = equity[index]! / peak - 1;
  }
  return out;
}
