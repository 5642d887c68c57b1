/** Boosting against LightGBM on the same folds, trees and leaves with one thread each, and the cost of scoring a row. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../adapters/paths.js';
import { type BoostingSettings, scoreForest, trainForest } from '../trading/learning/boosting/boost.js';
import { type Dataset, buildDataset } from '../trading/learning/dataset.js';
import { type Fold, rowsOf, walkForward } from '../trading/learning/folds.js';
import { DEFAULT_PARAMETERS } from '../trading/learning/parameters.js';
import { createScorer, fitParts } from '../trading/learning/parts.js';
import { createRandom } from '../trading/learning/random.js';
import type { CandleColumns } from '../trading/types.js';

const CANDLES = 175_000;
const WIDTH = 32;
const FOLDS = 8;
const SETTINGS: BoostingSettings = {
  objective: 'logistic',
  trees: 100,
  leaves: 31,
  learningRate: 0.1,
  lambda: 1,
  minLeafRows: 100,
  minGain: 0,
  maxBins: 255,
  rowFraction: 1,
  featureFraction: 1,
  seed: 1,
};
const INSTALL_MS = 120_000;
const LIGHTGBM_MS = 600_000;
const run_ = promisify(execFile);

export async function run(): Promise<Record<string, unknown>> {
  const data = buildDataset(madeMarket(CANDLES), DEFAULT_PARAMETERS);
  const values = firstColumns(data, WIDTH);
  const folds = walkForward(data.firstRow, data.endRow, {
    folds: FOLDS,
    firstTrainShare: 0.35,
    purgeRows: 48,
    embargoRows: 48,
  });
  const ours = trainAll(values, data, folds);
  const theirs = await lightgbm(values, data, folds);
  const ratio =
    'seconds' in theirs ? { wall: ours.seconds / theirs.seconds, cpu: ours.cpuSeconds / theirs.cpuSeconds } : null;
  return {
    rows: data.endRow - data.firstRow,
    features: WIDTH,
    folds: folds.length,
    trees: SETTINGS.trees,
    leaves: SETTINGS.leaves,
    ours,
    lightgbm: theirs,
    /** At most 2.5 is promised. */
    trainingTimeOverLightgbm: ratio,
    /** At most 6 is promised. */
    scoringMicrosecondsPerRow: scoringCost(data),
  };
}

function trainAll(values: Float32Array, data: Dataset, folds: readonly Fold[]) {
  const target = data.labels.label;
  // One small forest to warm the compiler up, as a worker that trains daily would be.
  trainForest(
    { values, width: WIDTH, rows: rowsOf({ from: data.firstRow, to: data.firstRow + 20_000 }), target },
    { ...SETTINGS, trees: 10 },
  );
  const wall = performance.now();
  const cpu = process.cpuUsage();
  const forests = folds.map((fold) =>
    trainForest({ values, width: WIDTH, rows: rowsOf(fold.train), target }, SETTINGS),
  );
  const seconds = (performance.now() - wall) / 1000;
  const used = process.cpuUsage(cpu);
  const losses = forests.map((forest, i) => {
    const rows = rowsOf(folds[i]!.test);
    const loss = rows.reduce((sum, row) => {
      const z = scoreForest(forest, values, row * WIDTH);
      return sum + Math.log1p(Math.exp(target[row] === 1 ? -z : z));
    }, 0);
    return loss / rows.length;
  });
  return {
    seconds,
    cpuSeconds: (used.user + used.system) / 1e6,
    testLogLoss: losses.reduce((sum, loss) => sum + loss, 0) / losses.length,
  };
}

interface LightgbmResult {
  version: string;
  seconds: number;
  cpuSeconds: number;
  testLogLoss: number;
}

/** LightGBM as PyPI has it, in a folder of its own, bench/.venv; where that cannot be had, the reason. */
async function lightgbm(
  values: Float32Array,
  data: Dataset,
  folds: readonly Fold[],
): Promise<LightgbmResult | { missing: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'learning-bench-'));
  try {
    const env = await environment();
    const job = {
      values: join(folder, 'values.bin'),
      labels: join(folder, 'labels.bin'),
      rows: data.candles.length,
      width: WIDTH,
      folds,
      ...SETTINGS,
    };
    writeFileSync(job.values, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    writeFileSync(job.labels, data.labels.label);
    const jobFile = join(folder, 'job.json');
    writeFileSync(jobFile, JSON.stringify(job));
    const script = join(projectRoot(), 'bench', 'learning.py');
    const { stdout } = await run_('python3', [script, jobFile], { timeout: LIGHTGBM_MS, env });
    return JSON.parse(stdout.trim().split('\n').at(-1)!) as LightgbmResult;
  } catch (error) {
    const { message, stderr } = error as Error & { stderr?: string };
    return { missing: `LightGBM could not be run: ${(stderr || message).trim().split('\n').at(-1)}` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Settings under which python3 finds LightGBM: its own, or those of a folder that it is installed into once. */
async function environment(): Promise<NodeJS.ProcessEnv> {
  const folder = join(projectRoot(), 'bench', '.venv');
  const env = { ...process.env, PYTHONPATH: folder, OMP_NUM_THREADS: '1' };
  const look = () => run_('python3', ['-c', 'import lightgbm, numpy'], { timeout: 30_000, env });
  const found = await look().then(
    () => true,
    () => false,
  );
  if (found) return env;
  const install = ['-m', 'pip', 'install', '-q', '--target', folder, 'lightgbm', 'numpy'];
  await run_('python3', install, { timeout: INSTALL_MS });
  await look();
  return env;
}

function scoringCost(data: Dataset): number {
  const rows = rowsOf({ from: data.firstRow, to: data.firstRow + 30_000 });
  const parts = fitParts(data, rows, DEFAULT_PARAMETERS);
  const scorer = createScorer(parts, DEFAULT_PARAMETERS);
  const { values, names } = data.features;
  const scored = 100_000;
  let best = Infinity;
  for (let round = 0; round < 4; round++) {
    const started = process.cpuUsage();
    for (let row = data.firstRow; row < data.firstRow + scored; row++) scorer.logOddsOf(values, row * names.length);
    const { user, system } = process.cpuUsage(started);
    best = Math.min(best, (user + system) / scored);
  }
  return best;
}

function firstColumns({ features }: Dataset, width: number): Float32Array {
  const out = new Float32Array(features.rows * width);
  const all = features.names.length;
  for (let row = 0; row < features.rows; row++)
    out.set(features.values.subarray(row * all, row * all + width), row * width);
  return out;
}

/** A made-up market with waves of volatility: its files are not needed, its seed makes it the same everywhere. */
function madeMarket(length: number): CandleColumns {
  const random = createRandom(11);
  const gauss = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const column = () => new Float64Array(length);
  const candles = {
    length,
    timestamp: column(),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
  };
  let price = 30_000;
  let heat = 0;
  for (let i = 0; i < length; i++) {
    heat = 0.995 * heat + 0.1 * gauss();
    const sigma = 0.0012 * Math.exp(heat * 0.7);
    const open = price;
    price *= Math.exp(sigma * gauss());
    candles.timestamp[i] = 1_600_000_200_000 + i * 300_000;
    candles.open[i] = open;
    candles.close[i] = price;
    candles.high[i] = Math.max(open, price) * Math.exp(sigma * Math.abs(gauss()) * 0.5);
    candles.low[i] = Math.min(open, price) * Math.exp(-sigma * Math.abs(gauss()) * 0.5);
    candles.volume[i] = 10 * Math.exp(heat + 0.3 * gauss());
  }
  return candles;
}
