import type { CandleColumns } from '../../trading/types.js';

/** sma-cross (10, 30), stop 1 %, target 2 %, fee 0.1 %, as the shortest loop that anyone would write by hand. */
export function plainLoop({ open, high, low, close, length }: CandleColumns): { trades: number; equity: number } {
  const trades: number[] = [];
  let fast = 0;
  let slow = 0;
  let before = 1;
  let cash = 10_000;
  let quantity = 0;
  let stop = 0;
  let target = 0;
  let entry = 0;
  let enter = false;
  for (let index = 0; index < length; index++) {
    if (enter) {
      const price = open[index]!;
      quantity = cash / (price * 1.001);
      stop = price * 0.99;
      target = price * 1.02;
      entry = index;
      enter = false;
      cash = 0;
      trades.push(index, price, quantity);
    }
    if (quantity > 0) {
      let price = 0;
      if (index > entry && open[index]! <= stop) price = open[index]!;
      else if (index > entry && open[index]! >= target) price = open[index]!;
      else if (low[index]! <= stop) price = stop;
      else if (high[index]! >= target) price = target;
      if (price > 0) {
        cash = quantity * price * 0.999;
        quantity = 0;
        trades.push(index, price);
      }
    }
    fast += close[index]!;
    slow += close[index]!;
    if (index >= 29) {
      const distance = fast / 10 - slow / 30;
      if (index >= 30 && quantity === 0 && before <= 1e-9 && distance > 1e-9 && index + 1 < length) enter = true;
      before = distance;
      slow -= close[index - 29]!;
    }
    if (index >= 9) fast -= close[index - 9]!;
  }
  return { trades: Math.ceil(trades.length / 5), equity: cash + quantity * close[length - 1]! };
}
