/**
 * Features as small integers: a column's values are cut at quantiles, so that a split is looked for among at most
 * 255 places. Bin b of a column holds the values in (edges[b - 1], edges[b]]; NaN counts as the smallest value.
 */
export interface Binning {
  /** Ascending cut points by column; a column with k edges has k + 1 bins. */
  edges: Float32Array[];
  maxBins: number;
}

/** How many rows the cut points are taken from. More change nothing that can be seen. */
const SAMPLE = 50_000;

/** Cut points from evenly spaced rows among `rows` (row numbers into the matrix of `width` columns). */
export function createBinning(values: Float32Array, width: number, rows: Int32Array, maxBins: number): Binning {
  if (maxBins < 2 || maxBins > 256) throw new RangeError(`maxBins is ${maxBins}; 2 to 256 are possible`);
  const size = Math.min(rows.length, SAMPLE);
  const sample = new Float32Array(size);
  const edges = Array.from({ length: width }, (_, column) => {
    for (let i = 0; i < size; i++) sample[i] = values[rows[Math.floor((i * rows.length) / size)]! * width + column]!;
    return edgesOf(sample.filter((value) => !Number.isNaN(value)).sort(), maxBins);
  });
  return { edges, maxBins };
}

function edgesOf(sorted: Float32Array, maxBins: number): Float32Array {
  const cuts: number[] = [];
  for (let b = 1; b < maxBins; b++) {
    const value = sorted[Math.floor((b * sorted.length) / maxBins)];
    // The largest value is no cut: nothing would lie to its right.
    if (value !== undefined && value !== cuts.at(-1) && value < sorted[sorted.length - 1]!) cuts.push(value);
  }
  return Float32Array.from(cuts);
}

/** All rows' bins, row after row, in the order of the matrix. */
export function applyBinning(values: Float32Array, { edges }: Binning): Uint8Array {
  const width = edges.length;
  const bins = new Uint8Array(values.length);
  for (let column = 0; column < width; column++) {
    const cuts = edges[column]!;
    for (let i = column; i < values.length; i += width) bins[i] = binOf(cuts, values[i]!);
  }
  return bins;
}

function binOf(cuts: Float32Array, value: number): number {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (cuts[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
