import { describe, expect, test } from '@jest/globals';
import { buildDataset, type Dataset } from '../../../trading/learning/dataset.js';
import type { FeatureMatrix } from '../../../trading/learning/features/columns.js';
import { type LearningParameters, parametersFor } from '../../../trading/learning/parameters.js';
import { runControls } from '../../../trading/learning/quality/controls.js';
import { isSuspicious, leakAuc } from '../../../trading/learning/quality/leakJump.js';
import { createRandom } from '../../../trading/learning/random.js';
import { wavyMarket } from './markets.js';

/** The features and one more, computed from its row. */
function withFeature(features: FeatureMatrix, valueOf: (row: number) => number): FeatureMatrix {
  const width = features.names.length;
  const values = new Float32Array(features.rows * (width + 1));
  for (let row = 0; row < features.rows; row++) {
    values.set(features.values.subarray(row * width, (row + 1) * width), row * (width + 1));
    values[row * (width + 1) + width] = valueOf(row);
  }
  return { ...features, names: [...features.names, 'suspected'], values };
}

const suspects = (data: Dataset, testRow: number, parameters: LearningParameters, valueOf: (row: number) => number) =>
  isSuspicious(leakAuc(data, withFeature(data.features, valueOf), testRow, parameters));

describe.each([
  [1_500, '1h', 60],
  [3_000, '15m', 15],
  [8_760, '1h', 60],
  [8_760, '5m', 5],
] as const)('a file of %d candles of %s', (length, timeframe, minutes) => {
  const parameters = parametersFor(timeframe);
  const data = buildDataset(wavyMarket(length, 3, minutes), parameters);
  const testRow = Math.floor(length * 0.7);

  test('shows a leak that was planted in it', () => {
    expect(runControls(data, testRow, parameters)).toMatchObject({ plantedLeakCaught: true, lookahead: [] });
  });

  test('shows none where a feature is noise, or knows only the past', () => {
    const random = createRandom(11);
    const { close } = data.candles;
    expect(suspects(data, testRow, parameters, () => random())).toBe(false);
    const risen = (row: number) => Math.log(close[row]! / close[Math.max(0, row - 12)]!);
    expect(suspects(data, testRow, parameters, risen)).toBe(false);
  });
});
