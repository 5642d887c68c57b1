import type { Forest } from './boost.js';
import type { Tree } from './tree.js';

/** A tree's splits are numbered; their outcomes (1: the row goes right) make two numbers of so many bits. */
const BITS = 7;
const OUTCOMES = 1 << BITS;
/** Where a split's bit stands above its group's number. */
const SHIFT = 20;
const GROUPS = (1 << SHIFT) - 1;
/** Leaves that a mask has bits for. */
const LEAVES = 32;

/** A forest and where its last row stood. */
export interface FollowedForest {
  readonly base: number;
  readonly features: Int32Array;
  /** Of each feature's splits in order, with an end on either side of each feature's. */
  readonly thresholds: Float64Array;
  /** Of each split its group (two a tree), and above SHIFT its bit in the group's outcomes. */
  readonly splits: Int32Array;
  /** For each feature, its first split, and the first that the value is not above. */
  readonly starts: Int32Array;
  readonly marks: Int32Array;
  /** The leaves that each of a group's outcomes leaves over. */
  readonly tables: Int32Array;
  /** For each group, the place of its outcomes in the tables, and what stands there. */
  readonly places: Int32Array;
  readonly left: Int32Array;
  readonly leafValues: Float64Array;
  /** What each tree says. */
  readonly answers: Float64Array;
}

/**
 * Makes a forest ready for rows that follow each other; null where a tree has more splits than two numbers hold. Most
 * features move little from candle to candle: of 1,120 splits some 15 change sides. So the splits of each feature are
 * kept in the order of their thresholds, with a mark between those that the value is above and the others, and only the
 * marks that move are followed. The leaf is not walked to but read from masks (QuickScorer, Lucchese et al., SIGIR 2015):
 * a split that goes right rules its left leaves out, and the first leaf that none rules out is the answer.
 */
export function followForest({ base, trees: grown }: Forest): FollowedForest | null {
  const trees = grown.map(laidOut);
  if (trees.some(({ splits }) => splits.length > 2 * BITS)) return null;
  const leafValues = new Float64Array(trees.length * LEAVES);
  trees.forEach(({ values }, tree) => leafValues.set(values, tree * LEAVES));
  const marked = marksOf(trees);
  return {
    ...{ base, ...marked, marks: marked.starts.slice(), tables: tablesOf(trees), leafValues },
    places: Int32Array.from({ length: 2 * trees.length }, (_, group) => group * OUTCOMES),
    left: new Int32Array(2 * trees.length).fill(-1),
    answers: Float64Array.from(trees, ({ values }) => values[0]!),
  };
}

/**
 * Scores of so many rows of `width` values each, to the bit `scoreForest`'s, whatever rows were scored before. All that it
 * needs comes as an argument, and rows by the dozen: as a closure, or called for each row, it is half as fast.
 */
export function scoreFollowed(
  forest: FollowedForest,
  values: Float32Array,
  width: number,
  rows: number,
  out: Float64Array,
): void {
  const { features, thresholds, starts, marks, splits, places, tables, left, leafValues, answers, base } = forest;
  for (let row = 0, offset = 0; row < rows; row++, offset += width) {
    for (let f = 0; f < features.length; f++) {
      const value = values[offset + features[f]!]!;
      const before = marks[f]!;
      let mark = before;
      while (value > thresholds[mark]!) mark += 1;
      while (!(value > thresholds[mark - 1]!) && mark > starts[f]!) mark -= 1;
      if (mark === before) continue;
      marks[f] = mark;
      // The splits in between change sides.
      const end = mark > before ? mark : before;
      for (let each = mark > before ? before : mark; each < end; each++) {
        const split = splits[each]!;
        const group = split & GROUPS;
        const place = places[group]! ^ (split >>> SHIFT);
        const leaves = tables[place]!;
        places[group] = place;
        left[group] = leaves;
        const both = leaves & left[group ^ 1]!;
        const tree = group >> 1;
        answers[tree] = leafValues[tree * LEAVES + 31 - Math.clz32(both & -both)]!;
      }
    }
    let score = base;
    for (let tree = 0; tree < answers.length; tree++) score += answers[tree]!;
    out[row] = score;
  }
}

interface Split {
  feature: number;
  threshold: number;
  /** Bits of the leaves that are left over where the row goes right. */
  leaves: number;
}

interface LaidOut {
  splits: Split[];
  /** Of the leaves, from left to right. */
  values: number[];
}

function laidOut(tree: Tree): LaidOut {
  const splits: Split[] = [];
  const values: number[] = [];
  visit(0);
  return { splits, values };

  function visit(node: number): void {
    if (tree.left[node]! < 0) return void values.push(tree.value[node]!);
    const first = values.length;
    visit(tree.left[node]!);
    let leaves = -1;
    for (let leaf = first; leaf < values.length; leaf++) leaves &= ~(1 << leaf);
    visit(tree.right[node]!);
    splits.push({ feature: tree.feature[node]!, threshold: tree.threshold[node]!, leaves });
  }
}

const groupOf = (tree: number, split: number): number => 2 * tree + (split < BITS ? 0 : 1);

function tablesOf(trees: readonly LaidOut[]): Int32Array {
  const tables = new Int32Array(2 * trees.length * OUTCOMES).fill(-1);
  trees.forEach(({ splits }, tree) =>
    splits.forEach(({ leaves }, split) => {
      const first = groupOf(tree, split) * OUTCOMES;
      for (let outcome = 0; outcome < OUTCOMES; outcome++)
        if (outcome & (1 << (split % BITS))) tables[first + outcome]! &= leaves;
    }),
  );
  return tables;
}

/** By feature, with an end on either side of each: no value is above the upper one, every number above the lower. */
function marksOf(trees: readonly LaidOut[]) {
  const all = trees.flatMap(({ splits }, tree) =>
    splits.map(({ feature, threshold }, split) => ({
      ...{ feature, threshold, group: groupOf(tree, split), bit: 1 << (split % BITS) },
    })),
  );
  const features = [...new Set(all.map(({ feature }) => feature))].sort((a, b) => a - b);
  const end = (threshold: number) => ({ feature: -1, threshold, group: 0, bit: 0 });
  const starts: number[] = [];
  const ordered = features.map((each) => {
    const own = all.filter(({ feature }) => feature === each).sort((a, b) => a.threshold - b.threshold);
    return [end(Number.NEGATIVE_INFINITY), ...own, end(Number.POSITIVE_INFINITY)];
  });
  let next = 1;
  for (const own of ordered) {
    starts.push(next);
    next += own.length;
  }
  const placed = ordered.flat();
  return {
    features: Int32Array.from(features),
    starts: Int32Array.from(starts),
    thresholds: Float64Array.from(placed, ({ threshold }) => threshold),
    splits: Int32Array.from(placed, ({ group, bit }) => group | (bit << SHIFT)),
  };
}
