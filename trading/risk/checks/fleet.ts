import { finding } from '../finding.js';
import type { RiskCheck } from '../types.js';

/** The administrator's stop of everybody. */
export const fleet: RiskCheck = {
  name: 'fleet',
  codes: ['FLEET_HALTED'],
  scope: 'account',
  check: ({ fleetHalted }) =>
    fleetHalted ? [finding('halt', 'FLEET_HALTED', { limit: 0, actual: 1, unit: 'stop' })] : [],
};
