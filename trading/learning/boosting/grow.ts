import { fillHistogram, type PackedGradients, subtractHistogram } from './histogram.js';
import { bestSplit, type Split, type SplitRules } from './split.js';
import type { Tree } from './tree.js';

export interface BinnedData {
  /** Row after row. */
  bins: Uint8Array;
  width: number;
  edges: Float32Array[];
}

export interface GrowSettings extends SplitRules {
  leaves: number;
  learningRate: number;
}

interface Leaf {
  node: number;
  from: number;
  to: number;
  histogram: Float64Array;
  split: Split | null;
}

/**
 * Grows trees leaf by leaf, always where the gain is largest (LightGBM's way). Buffers live as long as the grower,
 * which serves one training. `grow` reorders `rows` so that each leaf's rows lie together, and tells `onLeaf` which.
 */
export function createGrower(data: BinnedData, settings: GrowSettings) {
  const { bins, width, edges } = data;
  const binCounts = edges.map((cuts) => cuts.length + 1);
  const shift = Math.max(1, Math.ceil(Math.log2(Math.max(...binCounts))));
  const pool = Array.from({ length: settings.leaves + 1 }, () => new Float64Array(width << shift));
  let scratch = new Int32Array(0);

  return function grow(
    packed: PackedGradients,
    gradients: Float64Array,
    hessians: Float64Array,
    rows: Int32Array,
    allowed: Uint8Array,
    onLeaf: (value: number, from: number, to: number) => void,
  ): Tree {
    if (scratch.length < rows.length) scratch = new Int32Array(rows.length);
    const free = [...pool];
    const nodes = 2 * settings.leaves - 1;
    const tree: Tree = {
      feature: new Int16Array(nodes),
      threshold: new Float32Array(nodes),
      left: new Int16Array(nodes).fill(-1),
      right: new Int16Array(nodes).fill(-1),
      value: new Float64Array(nodes),
    };
    const fill = (histogram: Float64Array, from: number, to: number) =>
      fillHistogram(histogram, bins, width, shift, packed.values, rows, from, to);
    const look = (leaf: Leaf) => {
      const count = leaf.to - leaf.from;
      leaf.split =
        count < 2 * settings.minLeafRows
          ? null
          : bestSplit(leaf.histogram, shift, binCounts, allowed, count, packed, settings);
      return leaf;
    };
    const valueOf = (from: number, to: number) => {
      let g = 0;
      let h = 0;
      for (let i = from; i < to; i++) {
        g += gradients[rows[i]!]!;
        h += hessians[rows[i]!]!;
      }
      return (-g / (h + settings.lambda)) * settings.learningRate;
    };

    const root = free.pop()!;
    fill(root, 0, rows.length);
    tree.value[0] = valueOf(0, rows.length);
    const leaves: Leaf[] = [look({ node: 0, from: 0, to: rows.length, histogram: root, split: null })];
    let used = 1;
    while (leaves.length < settings.leaves) {
      let which = -1;
      for (let i = 0; i < leaves.length; i++)
        if (leaves[i]!.split && (which < 0 || leaves[i]!.split!.gain > leaves[which]!.split!.gain)) which = i;
      if (which < 0) break;
      const leaf = leaves[which]!;
      const { feature, bin } = leaf.split!;
      const middle = partition(rows, scratch, bins, width, feature, bin, leaf.from, leaf.to);
      if (middle === leaf.from || middle === leaf.to) {
        leaf.split = null;
        continue;
      }
      const small = free.pop()!;
      const leftIsSmall = middle - leaf.from <= leaf.to - middle;
      if (leftIsSmall) fill(small, leaf.from, middle);
      else fill(small, middle, leaf.to);
      subtractHistogram(leaf.histogram, small);
      const [left, right] = leftIsSmall ? [small, leaf.histogram] : [leaf.histogram, small];
      tree.feature[leaf.node] = feature;
      tree.threshold[leaf.node] = edges[feature]![bin]!;
      tree.left[leaf.node] = used;
      tree.right[leaf.node] = used + 1;
      tree.value[used] = valueOf(leaf.from, middle);
      tree.value[used + 1] = valueOf(middle, leaf.to);
      leaves[which] = look({ node: used, from: leaf.from, to: middle, histogram: left, split: null });
      leaves.push(look({ node: used + 1, from: middle, to: leaf.to, histogram: right, split: null }));
      used += 2;
    }
    for (const leaf of leaves) onLeaf(tree.value[leaf.node]!, leaf.from, leaf.to);
    return trim(tree, used);
  };
}

/** Brings the rows of the left side to the front, keeping their order; returns where the right side starts. */
function partition(
  rows: Int32Array,
  scratch: Int32Array,
  bins: Uint8Array,
  width: number,
  feature: number,
  bin: number,
  from: number,
  to: number,
): number {
  let left = from;
  let right = 0;
  for (let i = from; i < to; i++) {
    const row = rows[i]!;
    if (bins[row * width + feature]! <= bin) rows[left++] = row;
    else scratch[right++] = row;
  }
  for (let i = 0; i < right; i++) rows[left + i] = scratch[i]!;
  return left;
}

const trim = (tree: Tree, nodes: number): Tree => ({
  feature: tree.feature.slice(0, nodes),
  threshold: tree.threshold.slice(0, nodes),
  left: tree.left.slice(0, nodes),
  right: tree.right.slice(0, nodes),
  value: tree.value.slice(0, nodes),
});
