import { createRandom } from '../random.js';
import { applyBinning, createBinning } from './bins.js';
import { createGrower } from './grow.js';
import { packGradients } from './histogram.js';
import { evaluateTree, explainTree, type Tree } from './tree.js';

export interface BoostingSettings {
  objective: 'logistic' | 'squared';
  trees: number;
  leaves: number;
  learningRate: number;
  /** L2 penalty on leaf values. */
  lambda: number;
  minLeafRows: number;
  minGain: number;
  maxBins: number;
  /** Share of rows and of features that each tree sees, 0 to 1. */
  rowFraction: number;
  featureFraction: number;
  seed: number;
}

export interface Forest {
  /** Score before the first tree: log odds (logistic) or the mean (squared). 0 where a starting score was given. */
  base: number;
  trees: Tree[];
}

export interface BoostingData {
  values: Float32Array;
  width: number;
  /** Row numbers to learn from. */
  rows: Int32Array;
  /** One for every row of the matrix: 0 to 1 (logistic), any number (squared). */
  target: ArrayLike<number>;
  /** Scores to start from, one for every row of the matrix; the forest then learns what they leave over. */
  start?: Float64Array;
}

/** Gradient boosting on histograms. The same data and seed give the same forest, bit for bit. */
export function trainForest(
  data: BoostingData,
  settings: BoostingSettings,
  onTree?: (done: number, of: number) => void,
): Forest {
  const { values, width, rows, target, start } = data;
  if (rows.length === 0) throw new RangeError('no rows to learn from');
  const total = values.length / width;
  const binning = createBinning(values, width, rows, settings.maxBins);
  const binned = { bins: applyBinning(values, binning), width, edges: binning.edges };
  const grow = createGrower(binned, settings);
  const random = createRandom(settings.seed);
  const base = start ? 0 : startingScore(target, rows, settings.objective);
  const scores = new Float64Array(total);
  for (let i = 0; i < rows.length; i++) scores[rows[i]!] = start ? start[rows[i]!]! : base;
  const gradients = new Float64Array(total);
  const hessians = new Float64Array(total).fill(1);
  const buffer = new Float64Array(total);
  const trees: Tree[] = [];
  for (let t = 0; t < settings.trees; t++) {
    const bag = settings.rowFraction < 1 ? sample(rows, settings.rowFraction, random) : rows.slice();
    const allowed = chooseFeatures(width, settings.featureFraction, random);
    setGradients(settings.objective, scores, target, bag, gradients, hessians);
    const packed = packGradients(gradients, hessians, bag, buffer);
    const inBag = settings.rowFraction >= 1;
    const tree = grow(packed, gradients, hessians, bag, allowed, (value, from, to) => {
      if (inBag) for (let i = from; i < to; i++) scores[bag[i]!]! += value;
    });
    if (!inBag) for (let i = 0; i < rows.length; i++) scores[rows[i]!]! += evaluateTree(tree, values, rows[i]! * width);
    trees.push(tree);
    onTree?.(t + 1, settings.trees);
  }
  return { base, trees };
}

/** The forest's score of one row: log odds, or the predicted number. */
export function scoreForest(forest: Forest, values: Float32Array, offset: number): number {
  let score = forest.base;
  for (let t = 0; t < forest.trees.length; t++) score += evaluateTree(forest.trees[t]!, values, offset);
  return score;
}

/** Adds each feature's share of the score to `into`; returns what no feature explains. */
export function explainForest(forest: Forest, values: Float32Array, offset: number, into: Float64Array): number {
  let rest = forest.base;
  for (const tree of forest.trees) rest += explainTree(tree, values, offset, into);
  return rest;
}

function startingScore(target: ArrayLike<number>, rows: Int32Array, objective: BoostingSettings['objective']): number {
  let sum = 0;
  for (let i = 0; i < rows.length; i++) sum += target[rows[i]!]!;
  const mean = sum / rows.length;
  if (objective === 'squared') return mean;
  const safe = Math.min(Math.max(mean, 1e-6), 1 - 1e-6);
  return Math.log(safe / (1 - safe));
}

function setGradients(
  objective: BoostingSettings['objective'],
  scores: Float64Array,
  target: ArrayLike<number>,
  rows: Int32Array,
  gradients: Float64Array,
  hessians: Float64Array,
): void {
  if (objective === 'squared')
    for (let i = 0; i < rows.length; i++) gradients[rows[i]!] = scores[rows[i]!]! - target[rows[i]!]!;
  else
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      const p = 1 / (1 + Math.exp(-scores[row]!));
      gradients[row] = p - target[row]!;
      hessians[row] = Math.max(p * (1 - p), 1e-9);
    }
}

function sample(rows: Int32Array, fraction: number, random: () => number): Int32Array {
  const chosen = rows.filter(() => random() < fraction);
  return chosen.length > 0 ? chosen : rows.slice(0, 1);
}

function chooseFeatures(width: number, fraction: number, random: () => number): Uint8Array {
  const allowed = new Uint8Array(width).fill(1);
  if (fraction >= 1) return allowed;
  const drop = width - Math.max(1, Math.round(width * fraction));
  for (let dropped = 0; dropped < drop; ) {
    const f = Math.floor(random() * width);
    if (allowed[f] === 1) {
      allowed[f] = 0;
      dropped++;
    }
  }
  return allowed;
}
