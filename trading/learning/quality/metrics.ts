/** Measures of probabilities against what happened. `probability` and `label` (0 or 1) are of equal length. */

/** Area under the ROC curve, ties counted as half (Mann and Whitney); 0.5 where only one class is there. */
export function areaUnderCurve(probability: ArrayLike<number>, label: ArrayLike<number>): number {
  const order = ascending(probability);
  let positives = 0;
  let rankSum = 0;
  for (let i = 0; i < order.length; ) {
    let end = i + 1;
    while (end < order.length && probability[order[end]!] === probability[order[i]!]) end++;
    const rank = (i + 1 + end) / 2;
    for (let j = i; j < end; j++)
      if (label[order[j]!] === 1) {
        positives++;
        rankSum += rank;
      }
    i = end;
  }
  const negatives = order.length - positives;
  if (positives === 0 || negatives === 0) return 0.5;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/** Mean squared distance of probability and outcome (Brier, 1950). */
export function brierScore(probability: ArrayLike<number>, label: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < probability.length; i++) sum += (probability[i]! - label[i]!) ** 2;
  return sum / probability.length;
}

/** 1 - brier / reference: above 0 is better than the reference, 1 is perfect. */
export const skill = (brier: number, reference: number): number => (reference > 0 ? 1 - brier / reference : 0);

export interface ReliabilityBin {
  from: number;
  to: number;
  count: number;
  /** Mean probability that was told, and the share that came true. */
  predicted: number;
  observed: number;
}

/** Bins of equal width over [0, 1]; empty ones are left out. */
export function reliabilityCurve(
  probability: ArrayLike<number>,
  label: ArrayLike<number>,
  bins = 10,
): ReliabilityBin[] {
  const count = new Float64Array(bins);
  const told = new Float64Array(bins);
  const true_ = new Float64Array(bins);
  for (let i = 0; i < probability.length; i++) {
    const b = Math.min(bins - 1, Math.floor(probability[i]! * bins));
    count[b]!++;
    told[b]! += probability[i]!;
    true_[b]! += label[i]!;
  }
  return Array.from(count, (n, b) => ({
    from: b / bins,
    to: (b + 1) / bins,
    count: n,
    predicted: told[b]! / n,
    observed: true_[b]! / n,
  })).filter((bin) => bin.count > 0);
}

/** The same with bins of equal count. */
export function reliabilityByQuantile(
  probability: ArrayLike<number>,
  label: ArrayLike<number>,
  bins = 10,
): ReliabilityBin[] {
  const order = ascending(probability);
  const result: ReliabilityBin[] = [];
  for (let b = 0; b < bins; b++) {
    const from = Math.floor((b * order.length) / bins);
    const to = Math.floor(((b + 1) * order.length) / bins);
    if (to === from) continue;
    let told = 0;
    let happened = 0;
    for (let i = from; i < to; i++) {
      told += probability[order[i]!]!;
      happened += label[order[i]!]!;
    }
    const count = to - from;
    result.push({
      from: probability[order[from]!]!,
      to: probability[order[to - 1]!]!,
      count,
      predicted: told / count,
      observed: happened / count,
    });
  }
  return result;
}

/** Expected calibration error (Naeini et al., AAAI 2015): mean gap of a reliability curve, weighted by count. */
export function calibrationError(curve: readonly ReliabilityBin[]): number {
  const total = curve.reduce((sum, bin) => sum + bin.count, 0);
  return curve.reduce((sum, bin) => sum + (bin.count / total) * Math.abs(bin.predicted - bin.observed), 0);
}

export function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

/** Row numbers from the smallest to the largest value. */
export function ascending(values: ArrayLike<number>): Int32Array {
  return Int32Array.from({ length: values.length }, (_, i) => i).sort((a, b) => values[a]! - values[b]! || a - b);
}
