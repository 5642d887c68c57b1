export { firstDayOf, followAccount } from './accountDay.js';
export type { AccountBaseline, AccountDay, AccountLook, ClosedPart } from './accountDay.js';
export { closeTrade } from './closeTrade.js';
export { dayEnd, dayKey, dayStart } from './day.js';
export { applyFills, costOf, feeInBase, feeInQuote } from './fills.js';
export type { Rates } from './fills.js';
export { rollDay, trackPeak, valuation } from './valuation.js';
export type { TradingDay, Valuation } from './valuation.js';
