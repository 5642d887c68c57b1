/**
 * Every reason for which the product declines to do something with money. docs/RISK.md has a row for each; a test
 * holds the two together. Append, never rename: dashboards and stored logs carry these words.
 */
export const RISK_CODES = [
  // the account's brakes
  'FLEET_HALTED',
  'LIVE_KEYS_REFUSED',
  'DAILY_LOSS_LIMIT',
  'DAILY_LOSS_NEAR',
  'MAX_DRAWDOWN',
  'DRAWDOWN_NEAR',
  'LOSING_STREAK',
  'TRADES_PER_DAY',
  'UNEXPLAINED_BALANCE',
  'API_CONNECTIVITY',
  'CIRCUIT_OPEN',
  'CLOCK_SKEW',
  // one symbol's market
  'STALE_DATA',
  'ANOMALOUS_DATA',
  'MARKET_VOLATILITY',
  'SPREAD',
  'PRICE_GAP',
  'STOP_COOLDOWN',
  // one entry
  'LOW_CONFIDENCE',
  'MAX_ENTRIES_PER_CYCLE',
  'MAX_POSITIONS',
  'MAX_POSITIONS_PER_SYMBOL',
  'MAX_EXPOSURE',
  'CORRELATED_EXPOSURE',
  'LIVE_CAPITAL_CAP',
  'ORDER_NOTIONAL',
  'ORDER_RATE',
  'INSUFFICIENT_BALANCE',
  'SLIPPAGE',
  'MIN_EDGE',
  // sizing and the exchange's filters, asked before the entry
  'RISK_BUDGET',
  'INVALID_LEVELS',
  'MIN_NOTIONAL',
  'MAX_NOTIONAL',
  'LOT_SIZE',
  'PRICE_FILTER',
  'PERCENT_PRICE',
  'MAX_NUM_ALGO_ORDERS',
] as const;
export type RiskCode = (typeof RISK_CODES)[number];
