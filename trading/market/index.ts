export { ANOMALY_LIMITS } from './anomalies.js';
export * from './columns.js';
export { MARKET_DATA_FAULTS, MarketDataError, type MarketDataFault } from './errors.js';
export { marketSnapshot, SNAPSHOT_CANDLES, type TickerPrices } from './snapshot.js';
