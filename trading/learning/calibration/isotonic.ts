/** A rising staircase from scores to probabilities, straight between the points and flat outside. */
export interface IsotonicMap {
  kind: 'isotonic';
  scores: number[];
  probabilities: number[];
}

/**
 * Isotonic regression by pooling adjacent violators (Ayer et al., 1955; Zadrozny and Elkan, KDD 2002). Equal scores
 * are pooled first. Of each pooled block its lowest and highest score are kept, as scikit-learn does.
 */
export function fitIsotonic(scores: ArrayLike<number>, labels: ArrayLike<number>): IsotonicMap {
  const order = Int32Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
  const blocks: { from: number; to: number; sum: number; weight: number }[] = [];
  for (let i = 0; i < order.length; ) {
    const score = scores[order[i]!]!;
    let sum = 0;
    let weight = 0;
    for (; i < order.length && scores[order[i]!] === score; i++) {
      sum += labels[order[i]!]!;
      weight++;
    }
    blocks.push({ from: score, to: score, sum, weight });
    while (blocks.length > 1) {
      const last = blocks[blocks.length - 1]!;
      const before = blocks[blocks.length - 2]!;
      if (before.sum / before.weight <= last.sum / last.weight) break;
      before.to = last.to;
      before.sum += last.sum;
      before.weight += last.weight;
      blocks.pop();
    }
  }
  const points = blocks.flatMap(({ from, to, sum, weight }) =>
    from === to ? [[from, sum / weight] as const] : [[from, sum / weight] as const, [to, sum / weight] as const],
  );
  return { kind: 'isotonic', scores: points.map((p) => p[0]), probabilities: points.map((p) => p[1]) };
}

export function applyIsotonic({ scores, probabilities }: IsotonicMap, score: number): number {
  const last = scores.length - 1;
  if (score <= scores[0]!) return probabilities[0]!;
  if (score >= scores[last]!) return probabilities[last]!;
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (scores[middle]! <= score) low = middle;
    else high = middle;
  }
  const share = (score - scores[low]!) / (scores[high]! - scores[low]!);
  return probabilities[low]! + share * (probabilities[high]! - probabilities[low]!);
}
