export { Decimal, decimal } from './decimal.js';
export { ORDER_LEGS, ORDER_PREFIX, clientOrderId, intentId, isOwnOrder } from './ids.js';
export type { OrderLeg } from './ids.js';
export {
  checkProtectionFilters,
  isDivisible,
  isDust,
  levelsFromFill,
  protectionLevels,
  sellableQuantity,
  shortfallOf,
} from './protection.js';
export type { LevelDistances, MarketSaleFilters, PlannedLevels, SaleFilters } from './protection.js';
export { classifyRejection } from './rejections.js';
export type { RejectionKind } from './rejections.js';
export { RESOLVE_SOURCES, resolveDeadline, resolveStep } from './resolve.js';
export type { ResolveAnswer, ResolveDecision, ResolveInput, ResolveSource } from './resolve.js';
export { isMultiple, roundPrice, roundQuantityDown } from './rounding.js';
export { sha256Hex } from './sha256.js';
export {
  ORDER_STATES,
  TRANSITIONS,
  assertTransition,
  canTransition,
  isFinal,
  mayBeOpen,
  stateOfReport,
} from './states.js';
export type { OrderState } from './states.js';
export { shadowEnd } from './shadow.js';
export type { ShadowEnd } from './shadow.js';
