import { createRandom } from '../random.js';
import { areaUnderCurve } from './metrics.js';

/**
 * 95 % interval of the AUC by moving blocks (Kuensch, 1989): neighbouring labels share most of their candles, so rows
 * are drawn in blocks of several horizons, never one by one.
 */
export function aucInterval(
  probability: Float64Array,
  label: Uint8Array,
  options: { blockRows: number; draws: number; seed: number },
): { low: number; high: number } {
  const n = probability.length;
  const block = Math.max(1, Math.min(options.blockRows, n));
  const random = createRandom(options.seed);
  // Blocks of a long test are thinned alike, which keeps the time bounded and the dependence intact.
  const step = Math.max(1, Math.floor(n / 20_000));
  const drawn: number[] = [];
  for (let d = 0; d < options.draws; d++) {
    const p: number[] = [];
    const y: number[] = [];
    for (let rows = 0; rows < n; rows += block) {
      const start = Math.floor(random() * (n - block + 1));
      for (let i = start; i < start + block; i += step) {
        p.push(probability[i]!);
        y.push(label[i]!);
      }
    }
    drawn.push(areaUnderCurve(p, y));
  }
  drawn.sort((a, b) => a - b);
  return { low: drawn[Math.floor(drawn.length * 0.025)]!, high: drawn[Math.ceil(drawn.length * 0.975) - 1]! };
}
