import type { ExitReason } from '../types.js';

/** One round trip. Times are the openings of the candles, ms UTC; `pnl` is in quote units, net of the fees paid. */
export interface BacktestTrade {
  symbol: string;
  entryTime: number;
  entryPrice: number;
  exitTime: number;
  exitPrice: number;
  quantity: number;
  fees: number;
  pnl: number;
  /** Of the entry's value: the quantity at the entry's price, without fees. */
  pnlPct: number;
  exitReason: ExitReason;
  /** What a model said of the entry, 0 to 1, where one was asked. */
  probability?: number;
}

export interface BacktestResult {
  trades: BacktestTrade[];
  /** Cash at the end plus what is still held, at the last close. */
  finalEquity: number;
}

/** Percentages in percent. */
export interface CostModel {
  /** Per side, of the traded value. */
  feePct: number;
  /** Against the trader, on what is bought or sold at the market. */
  slippagePct: number;
}
