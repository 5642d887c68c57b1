export const MARKET_DATA_FAULTS = [
  'TOO_FEW_CANDLES',
  'BAD_CANDLE',
  'BAD_TICKER',
  'BAD_ORDER',
  'MIXED_TIMEFRAME',
] as const;
export type MarketDataFault = (typeof MARKET_DATA_FAULTS)[number];

/** Market data that is missing or cannot be true. It fails the step: a value is never substituted for it. */
export class MarketDataError extends Error {
  override readonly name = 'MarketDataError';
  constructor(
    readonly code: MarketDataFault,
    message: string,
    /** Index of the first candle at fault, where one is. */
    readonly index: number | null = null,
  ) {
    super(message);
  }
}
