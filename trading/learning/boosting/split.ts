import { gradientPart, hessianPart, type PackedGradients } from './histogram.js';

export interface SplitRules {
  /** L2 penalty on a leaf's value. */
  lambda: number;
  minLeafRows: number;
  minGain: number;
}

/** Rows with bin <= `bin` of `feature` go left. Sums are of the left side. */
export interface Split {
  gain: number;
  feature: number;
  bin: number;
}

/**
 * The best split of a leaf, or null where none is allowed. Gain is G_l^2/(H_l+lambda) + G_r^2/(H_r+lambda) -
 * G^2/(H+lambda) (Chen and Guestrin, XGBoost, KDD 2016). How many rows lie in a bin is estimated from its share of
 * the leaf's hessian, as LightGBM does; only the rule about small leaves uses it.
 */
export function bestSplit(
  histogram: Float64Array,
  shift: number,
  binCounts: readonly number[],
  allowed: Uint8Array,
  rows: number,
  packed: PackedGradients,
  rules: SplitRules,
): Split | null {
  let total = 0;
  for (let b = 0; b < binCounts[0]!; b++) total += histogram[b]!;
  const { gradientUnit, hessianUnit } = packed;
  const gAll = gradientPart(total) * gradientUnit;
  const hAll = hessianPart(total) * hessianUnit;
  const rowsPerHessian = rows / Math.max(hAll, 1e-300);
  const parent = (gAll * gAll) / (hAll + rules.lambda);
  let best = rules.minGain;
  let found: Split | null = null;
  for (let f = 0; f < binCounts.length; f++) {
    if (allowed[f] === 0) continue;
    const base = f << shift;
    const last = base + binCounts[f]! - 1;
    let left = 0;
    for (let i = base; i < last; i++) {
      left += histogram[i]!;
      const whole = Math.floor(left * 7.450580596923828e-9); // 2^-27
      const hLeft = (left - whole * 134_217_728) * hessianUnit;
      if (hLeft * rowsPerHessian < rules.minLeafRows) continue;
      const hRight = hAll - hLeft;
      if (hRight * rowsPerHessian < rules.minLeafRows) break;
      const gLeft = whole * gradientUnit;
      const gRight = gAll - gLeft;
      const gain = (gLeft * gLeft) / (hLeft + rules.lambda) + (gRight * gRight) / (hRight + rules.lambda) - parent;
      if (gain > best) {
        best = gain;
        found = { gain, feature: f, bin: i - base };
      }
    }
  }
  return found;
}
