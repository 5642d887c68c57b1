import type { Forest } from './boosting/boost.js';
import type { Calibration } from './calibration/choose.js';
import type { Dataset } from './dataset.js';
import type { LearningParameters } from './parameters.js';
import type { ModelParts } from './parts.js';
import type { QualityReport } from './quality/report.js';
import type { Controls } from './quality/controls.js';
import type { Recalibration } from './recalibration.js';
import { sha256 } from './sha256.js';
import type { TrainedModel } from './train.js';

/** Raised whenever a model of before cannot be scored any more: it is refused, and the next training makes one that can. */
export const MODEL_FORMAT = 2;

/** A model as JSON: all that scoring, drift watch and an auditor need. Times are ISO 8601 in UTC. */
export interface SerializedModel {
  format: typeof MODEL_FORMAT;
  /** Names the model: symbol, timeframe, end of its data and the beginning of its hash. */
  version: string;
  symbol: string;
  timeframe: string;
  data: { from: string; to: string; candles: number; rows: number };
  features: string[];
  parameters: LearningParameters;
  parts: Omit<ModelParts, 'boosting'> & { boosting: SerializedForest };
  calibration: Calibration;
  recalibration: Recalibration;
  /** Deciles of each feature over the training rows, for the drift watch. */
  distribution: number[][];
  report: { test: QualityReport; controls: Controls } | null;
  /** SHA-256 of everything above but the version and the report. */
  hash: string;
}

export interface SerializedForest {
  base: number;
  trees: SerializedTree[];
}

export interface SerializedTree {
  feature: number[];
  threshold: number[];
  left: number[];
  right: number[];
  value: number[];
}

export function serializeModel(
  data: Dataset,
  model: TrainedModel,
  about: { symbol: string; timeframe: string; endRow: number; report: SerializedModel['report'] },
  parameters: LearningParameters,
): SerializedModel {
  const { candles, features } = data;
  const to = new Date(candles.timestamp[about.endRow - 1]!).toISOString();
  const body = {
    format: MODEL_FORMAT as typeof MODEL_FORMAT,
    symbol: about.symbol,
    timeframe: about.timeframe,
    data: {
      from: new Date(candles.timestamp[0]!).toISOString(),
      to,
      candles: about.endRow,
      rows: about.endRow - data.firstRow,
    },
    features: features.names,
    parameters,
    parts: {
      ...model.parts,
      boosting: plainForest(model.parts.boosting),
    },
    calibration: model.calibration.chosen,
    recalibration: model.recalibration,
    distribution: deciles(data, about.endRow),
  };
  const hash = hashOf(body);
  const name = about.symbol.replace(/[^A-Za-z0-9]/g, '').toUpperCase();
  const version = `${name}-${about.timeframe}-${to.slice(0, 10).replaceAll('-', '')}-${hash.slice(0, 8)}`;
  return { ...body, version, report: about.report, hash };
}

/** The hash that belongs to a model; compare with its own to see whether it is whole. */
export function hashOf(model: Omit<SerializedModel, 'version' | 'report' | 'hash'>): string {
  const { format, symbol, timeframe, data, features, parameters, parts, calibration, recalibration, distribution } =
    model;
  return sha256(
    canonical({
      ...{ format, symbol, timeframe, data, features, parameters, parts, calibration, recalibration, distribution },
    }),
  );
}

/** JSON with sorted keys: databases and parsers may change the order of keys, never the hash. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, v]) => v !== undefined);
  return `{${entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([k, v]) => `${JSON.stringify(k)}:${canonical(v)}`)
    .join(',')}}`;
}

/** The parts with typed arrays again. */
export function partsOf(model: SerializedModel): ModelParts {
  const { boosting, ...rest } = model.parts;
  return { ...rest, boosting: forestOf(boosting) };
}

const forestOf = ({ base, trees }: SerializedForest): Forest => ({
  base,
  trees: trees.map((tree) => ({
    feature: Int16Array.from(tree.feature),
    threshold: Float32Array.from(tree.threshold),
    left: Int16Array.from(tree.left),
    right: Int16Array.from(tree.right),
    value: Float64Array.from(tree.value),
  })),
});

const plainForest = ({ base, trees }: Forest): SerializedForest => ({ base, trees: trees.map(plain) });

const plain = (tree: Forest['trees'][number]): SerializedTree => ({
  feature: Array.from(tree.feature),
  // Nine digits name a 32-bit number exactly.
  threshold: Array.from(tree.threshold, (value) => Number(value.toPrecision(9))),
  left: Array.from(tree.left),
  right: Array.from(tree.right),
  value: Array.from(tree.value),
});

function deciles(data: Dataset, endRow: number): number[][] {
  const { names, values } = data.features;
  return names.map((_, f) => {
    const step = Math.max(1, Math.floor((endRow - data.firstRow) / 20_000));
    const sample: number[] = [];
    for (let row = data.firstRow; row < endRow; row += step) sample.push(values[row * names.length + f]!);
    sample.sort((a, b) => a - b);
    return Array.from({ length: 9 }, (_, d) =>
      Number(sample[Math.floor(((d + 1) * sample.length) / 10)]!.toPrecision(9)),
    );
  });
}
