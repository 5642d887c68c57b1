import type { TradingMode } from '../types.js';

export interface ModeProfile {
  /** Multiplies the risk per trade and the position size that the user set; never above 1. */
  riskFactor: number;
  /** New positions in one cycle. */
  maxEntriesPerCycle: number;
  /** Points (0 to 100) that a signal needs. */
  minConfidence: number;
  /** ATRs that should fit between price and stop; a stop inside that noise makes the position smaller. */
  stopRoomInAtr: number;
}

/** What the three modes mean. docs/RISK.md tells it in words. */
export const MODES = {
  CONSERVATIVE: { riskFactor: 0.5, maxEntriesPerCycle: 1, minConfidence: 65, stopRoomInAtr: 2 },
  MODERATE: { riskFactor: 0.75, maxEntriesPerCycle: 2, minConfidence: 55, stopRoomInAtr: 1.5 },
  AGGRESSIVE: { riskFactor: 1, maxEntriesPerCycle: 3, minConfidence: 40, stopRoomInAtr: 1 },
} satisfies Record<TradingMode, ModeProfile>;
