import { MODES } from '../../sizing/modes.js';
import { finding } from '../finding.js';
import type { RiskCheck } from '../types.js';

/** What the trading mode asks of a signal, and how many entries it allows in one cycle. */
export const confidence: RiskCheck = {
  name: 'confidence',
  codes: ['LOW_CONFIDENCE', 'MAX_ENTRIES_PER_CYCLE'],
  scope: 'entry',
  check: ({ config }, { symbol, confidence: actual, thisCycle = [] }) => {
    const { minConfidence, maxEntriesPerCycle } = MODES[config.tradingMode];
    if (!(actual >= minConfidence))
      return [finding('block', 'LOW_CONFIDENCE', { symbol, limit: minConfidence, actual, unit: 'points' })];
    if (thisCycle.length >= maxEntriesPerCycle) {
      const measured = { symbol, limit: maxEntriesPerCycle, actual: thisCycle.length + 1, unit: 'entries' };
      return [finding('block', 'MAX_ENTRIES_PER_CYCLE', measured)];
    }
    return [];
  },
};
