import type { Controls } from './quality/controls.js';
import type { Summary } from './quality/report.js';

/** Both models on the rows that neither has seen. */
export interface Contest {
  rows: number;
  challengerBrier: number;
  championBrier: number;
  championVersion: string;
}

export interface PromotionDecision {
  promote: boolean;
  /** In words, with the figures; stored with the model. */
  reason: string;
}

export const PROMOTION_RULES = {
  /** Fewest rows on which anything is decided. */
  leastRows: 1000,
  maxEce: 0.05,
  /** A shuffled control further from 0.5 than this is not clean. */
  maxShuffledDistance: 0.05,
  /** How much lower the challenger's Brier score must be, as a share of the champion's. */
  margin: 0.001,
};

/** A model comes into use only when it is better on rows it has not seen: than volatility alone, and than the champion. */
export function decidePromotion(
  test: Pick<Summary, 'n' | 'brierSkill' | 'brierSkillVsVolatility' | 'ece'>,
  controls: Pick<Controls, 'shuffledAuc' | 'plantedLeakCaught' | 'lookahead'>,
  contest: Contest | null,
  rules = PROMOTION_RULES,
): PromotionDecision {
  const no = (reason: string): PromotionDecision => ({ promote: false, reason });
  const f = (value: number) => value.toFixed(4);
  if (!controls.plantedLeakCaught || controls.lookahead.length > 0)
    return no(`controls failed: ${controls.lookahead.join(', ') || 'the planted leak was not caught'}`);
  if (Math.abs(controls.shuffledAuc - 0.5) > rules.maxShuffledDistance)
    return no(`controls failed: AUC ${f(controls.shuffledAuc)} on shuffled labels`);
  if (test.n < rules.leastRows) return no(`only ${test.n} unseen rows; ${rules.leastRows} are needed`);
  if (test.brierSkill < 0) return no(`worse than the base rate on unseen rows (skill ${f(test.brierSkill)})`);
  if (test.brierSkillVsVolatility <= 0)
    return no(`no better than volatility alone on unseen rows (skill ${f(test.brierSkillVsVolatility)})`);
  if (test.ece > rules.maxEce) return no(`calibration error ${f(test.ece)} above ${rules.maxEce}`);
  if (!contest)
    return {
      promote: true,
      reason: `first model: skill ${f(test.brierSkill)} against the base rate, ${f(test.brierSkillVsVolatility)} against volatility alone, ECE ${f(test.ece)} on ${test.n} unseen rows`,
    };
  if (contest.rows < rules.leastRows)
    return no(
      `only ${contest.rows} rows that neither it nor ${contest.championVersion} has seen; ${rules.leastRows} are needed`,
    );
  const better = 1 - contest.challengerBrier / contest.championBrier;
  const figures = `Brier ${contest.challengerBrier.toFixed(5)} against ${contest.championBrier.toFixed(5)} of ${contest.championVersion} on ${contest.rows} rows that neither has seen`;
  return better > rules.margin ? { promote: true, reason: `better: ${figures}` } : no(`not better: ${figures}`);
}
