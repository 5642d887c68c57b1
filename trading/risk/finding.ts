import type { Refusal } from '../types.js';
import type { RiskCode } from './codes.js';
import type { RiskEffect, RiskFinding } from './types.js';

type Measured = Omit<Refusal<RiskCode>, 'approved' | 'code'>;

/** A finding from what was measured; every check says limit, actual value and unit through here. */
export function finding(effect: RiskEffect, code: RiskCode, measured: Measured): RiskFinding {
  return { effect, refusal: { approved: false, code, ...measured } };
}
