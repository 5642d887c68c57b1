/**
 * A histogram holds, for every bin of every feature, the sums of gradients and hessians of the rows in it. Both sums
 * travel in one double: gradients and hessians are rounded to integers first (as in Shi et al., "Quantized Training of
 * Gradient Boosting Decision Trees", NeurIPS 2022) and packed as gradient * 2^27 + hessian. One addition per row and
 * feature instead of two, and sums that are exact, so that parent minus child is exact too and the order of rows
 * cannot matter.
 */
const FIELD = 2 ** 27;
const PER_FIELD = 1 / FIELD;
/** Half a field for the sum of gradients, which has a sign; the rest is room for rounding. */
const RANGE = 2 ** 26 - 2 ** 21;

export interface PackedGradients {
  values: Float64Array;
  gradientUnit: number;
  hessianUnit: number;
}

/** Packs gradients and hessians (>= 0) of `rows` into `out`; the units turn integer sums back into numbers. */
export function packGradients(
  gradients: Float64Array,
  hessians: Float64Array,
  rows: Int32Array,
  out: Float64Array,
): PackedGradients {
  let absolute = 0;
  let hessian = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    absolute += Math.abs(gradients[row]!);
    hessian += hessians[row]!;
  }
  const gradientUnit = Math.max(absolute, 1e-300) / RANGE;
  const hessianUnit = Math.max(hessian, 1e-300) / RANGE;
  const g = 1 / gradientUnit;
  const h = 1 / hessianUnit;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    out[row] = Math.floor(gradients[row]! * g + 0.5) * FIELD + Math.floor(hessians[row]! * h + 0.5);
  }
  return { values: out, gradientUnit, hessianUnit };
}

export const gradientPart = (packed: number): number => Math.floor(packed * PER_FIELD);
export const hessianPart = (packed: number): number => packed - Math.floor(packed * PER_FIELD) * FIELD;

/** Adds up rows[from..to) into `histogram`, whose feature f starts at f << shift. */
export function fillHistogram(
  histogram: Float64Array,
  bins: Uint8Array,
  width: number,
  shift: number,
  packed: Float64Array,
  rows: Int32Array,
  from: number,
  to: number,
): void {
  histogram.fill(0);
  const size = 1 << shift;
  const whole = width & ~3;
  for (let i = from; i < to; i++) {
    const row = rows[i]!;
    const value = packed[row]!;
    let at = row * width;
    let offset = 0;
    let f = 0;
    for (; f < whole; f += 4) {
      histogram[offset + bins[at]!]! += value;
      histogram[offset + size + bins[at + 1]!]! += value;
      histogram[offset + 2 * size + bins[at + 2]!]! += value;
      histogram[offset + 3 * size + bins[at + 3]!]! += value;
      at += 4;
      offset += 4 * size;
    }
    for (; f < width; f++) {
      histogram[offset + bins[at]!]! += value;
      at++;
      offset += size;
    }
  }
}

/** The sibling's histogram: parent minus child, in the parent's place. */
export function subtractHistogram(parent: Float64Array, child: Float64Array): void {
  for (let i = 0; i < parent.length; i++) parent[i]! -= child[i]!;
}
