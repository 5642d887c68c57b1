import type { CandleColumns } from '../../../trading/types.js';

export interface ReferenceTrade {
  entry: number;
  exit: number;
  entryPrice: number;
  exitPrice: number;
  quantity: number;
  pnl: number;
  reason: string;
}

interface Rules {
  cash: number;
  fee: number;
  slippage: number;
  stop: number;
  target: number;
  size: number;
  fast: number;
  slow: number;
}

/**
 * The contract's sma-cross, written from its words and from nothing else: a slow walk over candle objects, averages
 * summed anew at each candle, one state machine. Percentages in percent.
 */
export function referenceSmaCross(candles: CandleColumns, rules: Rules): { trades: ReferenceTrade[]; equity: number } {
  const list = Array.from({ length: candles.length }, (_, index) => ({
    open: candles.open[index]!,
    high: candles.high[index]!,
    low: candles.low[index]!,
    close: candles.close[index]!,
  }));
  const average = (index: number, count: number): number => {
    let total = 0;
    for (let back = count - 1; back >= 0; back--) total += list[index - back]!.close;
    return total / count;
  };
  const isAbove = (index: number): boolean => {
    const slow = average(index, rules.slow);
    return average(index, rules.fast) - slow > slow * 1e-11; // sums of the same decimals may differ in their last digits
  };
  const trades: ReferenceTrade[] = [];
  let cash = rules.cash;
  let state:
    | { kind: 'flat' }
    | { kind: 'entering' }
    | { kind: 'long'; entry: number; price: number; quantity: number; spent: number } = { kind: 'flat' };
  list.forEach((candle, index) => {
    if (state.kind === 'entering') {
      const price = candle.open * (1 + rules.slippage / 100);
      const spent = (cash * rules.size) / 100;
      const quantity = spent / (price * (1 + rules.fee / 100));
      cash -= spent;
      state = { kind: 'long', entry: index, price, quantity, spent };
    }
    if (state.kind === 'long') {
      const { entry, price, quantity, spent } = state;
      const stop = rules.stop > 0 ? price * (1 - rules.stop / 100) : -1;
      const target = rules.target > 0 ? price * (1 + rules.target / 100) : 1e300;
      const later = index > entry;
      let left: [number, string] | undefined;
      if (later && candle.open <= stop) left = [candle.open, 'stop'];
      else if (later && candle.open >= target) left = [candle.open, 'target'];
      else if (candle.low <= stop) left = [stop, 'stop'];
      else if (candle.high >= target) left = [target, 'target'];
      if (left) {
        const paid = left[1] === 'stop' ? left[0] * (1 - rules.slippage / 100) : left[0];
        const received = quantity * paid * (1 - rules.fee / 100);
        cash += received;
        trades.push({
          entry,
          exit: index,
          entryPrice: price,
          exitPrice: paid,
          quantity,
          pnl: received - spent,
          reason: left[1],
        });
        state = { kind: 'flat' };
      } else if (index === list.length - 1) {
        trades.push({
          entry,
          exit: index,
          entryPrice: price,
          exitPrice: candle.close,
          quantity,
          pnl: quantity * candle.close - spent,
          reason: 'open',
        });
      }
    }
    if (
      state.kind === 'flat' &&
      index >= rules.slow &&
      index < list.length - 1 &&
      isAbove(index) &&
      !isAbove(index - 1)
    )
      state = { kind: 'entering' };
  });
  const last = state as { kind: string; quantity?: number };
  return { trades, equity: cash + (last.kind === 'long' ? last.quantity! * list.at(-1)!.close : 0) };
}
