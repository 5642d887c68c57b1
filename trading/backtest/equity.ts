import type { EquityCurve } from '../metrics/returns.js';
import type { CandleColumns } from '../types.js';
import type { BacktestTrade } from './types.js';

/**
 * Equity at the opening of the first candle and at every candle's close, from the trades of one symbol in their order
 * and the cash before them. What is held is valued at the close; times are those of the closings, ms UTC.
 */
export function equityCurve(
  candles: CandleColumns,
  trades: readonly BacktestTrade[],
  cash: number,
  options: { feePct: number; candleMs: number },
): EquityCurve & { time: Float64Array; equity: Float64Array } {
  const time = new Float64Array(candles.length + 1);
  const equity = new Float64Array(candles.length + 1);
  time[0] = candles.timestamp[0] ?? 0;
  equity[0] = cash;
  let free = cash;
  let next = 0;
  let held: BacktestTrade | null = null;
  for (let index = 0; index < candles.length; index++) {
    const opens = candles.timestamp[index]!;
    // More than one trade may begin or end in a candle: sold at its open, bought again, stopped.
    for (;;) {
      if (held && held.exitTime === opens && held.exitReason !== 'open') {
        free += held.quantity * held.entryPrice * (1 + options.feePct / 100) + held.pnl;
        held = null;
      } else if (!held && trades[next]?.entryTime === opens) {
        held = trades[next]!;
        next += 1;
        free -= held.quantity * held.entryPrice * (1 + options.feePct / 100);
      } else break;
    }
    time[index + 1] = opens + options.candleMs;
    equity[index + 1] = free + (held ? held.quantity * candles.close[index]! : 0);
  }
  return { time, equity };
}

/** What buy-and-hold is measured by: the first open, then every close, at the times of the equity curve. */
export function holdingCurve(candles: CandleColumns): Float64Array {
  const out = new Float64Array(candles.length + 1);
  out[0] = candles.open[0] ?? 0;
  out.set(candles.close, 1);
  return out;
}
