import type { CandleColumns, ExitReason } from '../types.js';
import { buyPrice, exitInside, firstTouch, levelsFrom, sellPrice } from './fills.js';
import type { BacktestResult, BacktestTrade, CostModel } from './types.js';

export interface SingleOptions extends CostModel {
  symbol: string;
  cash: number;
  /** Percent of the cash that an entry spends, its fee included. */
  sizePct: number;
  /** Percent from the entry's fill; 0 means none. */
  stopLossPct: number;
  takeProfitPct: number;
  /** A vote from which to buy, above 0. */
  buyFrom: number;
  /** A vote down to which to leave, below 0; -Infinity leaves by stop and target only. */
  sellFrom: number;
}

/**
 * One symbol, one position at a time, always in the market's own order: a vote at a candle's close buys at the next
 * candle's open, and stop and target count from that candle on. While flat it only looks for the next vote, while
 * invested only for the next touch, so that a candle costs a few nanoseconds.
 */
export function runSingle(candles: CandleColumns, votes: Float64Array, options: SingleOptions): BacktestResult {
  const { buyFrom, stopLossPct, takeProfitPct, slippagePct, sizePct } = options;
  const fee = options.feePct / 100;
  const trades: BacktestTrade[] = [];
  let cash = options.cash;
  let held = 0;
  for (let index = 0; index < candles.length - 1; ) {
    index = firstVote(votes, index, buyFrom);
    const entryIndex = index + 1;
    if (entryIndex >= candles.length) break;

    const entryPrice = buyPrice(candles.open[entryIndex]!, slippagePct);
    const spent = cash * (sizePct / 100);
    const quantity = spent / (entryPrice * (1 + fee));
    const exit = findExit(candles, votes, entryIndex, entryPrice, options);
    const open = exit.reason === 'open';
    const exitPrice = open ? exit.price : sellPrice(exit.price, exit.reason, slippagePct);
    const fees = quantity * entryPrice * fee + (open ? 0 : quantity * exitPrice * fee);
    const pnl = quantity * (exitPrice - entryPrice) - fees;
    trades.push({
      symbol: options.symbol,
      entryTime: candles.timestamp[entryIndex]!,
      entryPrice,
      exitTime: candles.timestamp[exit.index]!,
      exitPrice,
      quantity,
      fees,
      pnl,
      pnlPct: (pnl / (quantity * entryPrice)) * 100,
      exitReason: exit.reason,
    });
    cash -= spent;
    if (open) held = quantity * exitPrice;
    else cash += quantity * exitPrice * (1 - fee);
    // Flat again at the close of the candle that was left, so its own vote counts; one sold at the open was left before.
    index = exit.index;
    if (open) break;
  }
  return { trades, finalEquity: cash + held };

  function findExit(
    all: CandleColumns,
    opinions: Float64Array,
    entryIndex: number,
    entryPrice: number,
    { sellFrom }: SingleOptions,
  ): { index: number; price: number; reason: ExitReason } {
    const levels = levelsFrom(entryPrice, stopLossPct, takeProfitPct);
    const touched = firstTouch(all, entryIndex, levels);
    if (sellFrom > Number.NEGATIVE_INFINITY) {
      const turned = firstSell(opinions, entryIndex, Math.min(touched, all.length - 1), sellFrom);
      if (turned >= 0) {
        const gapped = exitInside(all, turned + 1, levels, false);
        const atOpen = gapped && gapped.price === all.open[turned + 1] ? gapped.reason : 'signal';
        return { index: turned + 1, price: all.open[turned + 1]!, reason: atOpen };
      }
    }
    const exit = touched < all.length ? exitInside(all, touched, levels, touched === entryIndex) : null;
    if (exit) return { index: touched, ...exit };
    return { index: all.length - 1, price: all.close[all.length - 1]!, reason: 'open' };
  }
}

/** The first candle from `start` on whose vote reaches `buyFrom`; the length if none does. NaN never does. */
function firstVote(votes: Float64Array, start: number, buyFrom: number): number {
  for (let index = start; index < votes.length; index++) if (votes[index]! >= buyFrom) return index;
  return votes.length;
}

/** The first candle from `start` on and before `end` whose vote is down to `sellFrom`; -1 if none is. */
function firstSell(votes: Float64Array, start: number, end: number, sellFrom: number): number {
  for (let index = start; index < end; index++) if (votes[index]! <= sellFrom) return index;
  return -1;
}
