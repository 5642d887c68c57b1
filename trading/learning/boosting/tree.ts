/**
 * A tree as flat arrays. Node 0 is the root; a row goes left where its value is at most the threshold (NaN goes
 * left). `left[n]` is -1 at a leaf. `value` is what the tree would answer if it ended there, so that the way down
 * tells how much each feature contributed.
 */
export interface Tree {
  feature: Int16Array;
  threshold: Float32Array;
  left: Int16Array;
  right: Int16Array;
  value: Float64Array;
}

export const EMPTY_NODE = -1;

/** The leaf's value for the row that starts at `offset`. */
export function evaluateTree(tree: Tree, values: Float32Array, offset: number): number {
  const { feature, threshold, left, right } = tree;
  let node = 0;
  while (left[node]! >= 0) node = values[offset + feature[node]!]! > threshold[node]! ? right[node]! : left[node]!;
  return tree.value[node]!;
}

/** Adds every feature's share of the answer to `into`, and returns the root's value (Saabas's decomposition). */
export function explainTree(tree: Tree, values: Float32Array, offset: number, into: Float64Array): number {
  let node = 0;
  while (tree.left[node]! >= 0) {
    const f = tree.feature[node]!;
    const next = values[offset + f]! > tree.threshold[node]! ? tree.right[node]! : tree.left[node]!;
    into[f]! += tree.value[next]! - tree.value[node]!;
    node = next;
  }
  return tree.value[0]!;
}
