import { logOdds, solveSymmetric } from '../logistic.js';

/** probability = 1 / (1 + exp(-(slope * score + intercept))). */
export interface PlattMap {
  kind: 'platt';
  slope: number;
  intercept: number;
}

/** Platt (1999) with the corrected targets of Lin, Lin and Weng (2007), by Newton's method. Scores are log odds. */
export function fitPlatt(scores: ArrayLike<number>, labels: ArrayLike<number>): PlattMap {
  let positives = 0;
  for (let i = 0; i < labels.length; i++) positives += labels[i]!;
  const negatives = labels.length - positives;
  const high = (positives + 1) / (positives + 2);
  const low = 1 / (negatives + 2);
  let slope = 0;
  let intercept = logOdds((positives + 1) / (labels.length + 2));
  for (let iteration = 0; iteration < 100; iteration++) {
    const gradient = new Float64Array(2);
    const hessian = new Float64Array([1e-12, 0, 0, 1e-12]);
    for (let i = 0; i < labels.length; i++) {
      const p = 1 / (1 + Math.exp(-(slope * scores[i]! + intercept)));
      const error = (labels[i] === 1 ? high : low) - p;
      const weight = p * (1 - p);
      gradient[0]! += error * scores[i]!;
      gradient[1]! += error;
      hessian[0]! += weight * scores[i]! * scores[i]!;
      hessian[2]! += weight * scores[i]!;
      hessian[3]! += weight;
    }
    const step = solveSymmetric(hessian, gradient);
    slope += step[0]!;
    intercept += step[1]!;
    if (Math.abs(step[0]!) + Math.abs(step[1]!) < 1e-10) break;
  }
  return { kind: 'platt', slope, intercept };
}

export const applyPlatt = ({ slope, intercept }: PlattMap, score: number): number =>
  1 / (1 + Math.exp(-(slope * score + intercept)));
