import { scoreForest } from '../../../trading/learning/boosting/boost.js';
import { followForest, scoreFollowed } from '../../../trading/learning/boosting/follow.js';
import { buildDataset } from '../../../trading/learning/dataset.js';
import { followModel, logOddsFollowed } from '../../../trading/learning/follow.js';
import { DEFAULT_PARAMETERS } from '../../../trading/learning/parameters.js';
import { createScorer, fitParts } from '../../../trading/learning/parts.js';
import { rowsOf } from '../../../trading/learning/folds.js';
import { recordedCandles } from '../../support/candles.js';
import { firstCandles } from './markets.js';

const candles = recordedCandles('data/BTCUSDT-1m-2024-07-26_08-25.csv.gz');
/** Narrow barriers, so that a minute's candles decide them and the trees have something to say. */
const parameters = {
  ...DEFAULT_PARAMETERS,
  barriers: { ...DEFAULT_PARAMETERS.barriers, takeProfitPct: 0.3, stopLossPct: 0.2 },
};
const data = buildDataset(firstCandles(candles, 0, 12_000), parameters);
const { values, names } = data.features;
const width = names.length;

const partsWith = (leaves: number) =>
  fitParts(data, rowsOf({ from: data.firstRow, to: 8_000 }), {
    ...parameters,
    boosting: { ...parameters.boosting, trees: 25, leaves, minLeafRows: 40 },
  });
const fewLeaves = partsWith(15);
const mostSplits = ({ boosting }: typeof fewLeaves): number =>
  Math.max(...boosting.trees.map(({ left }) => left.filter((child) => child >= 0).length));

describe('a model that follows a series', () => {
  test('says of every row to the bit what the plain scorer says', () => {
    const scorer = createScorer(fewLeaves, parameters);
    const followed = followModel(fewLeaves, parameters);
    const rows = data.candles.length - data.firstRow;
    const out = new Float64Array(rows);
    logOddsFollowed(followed, values.subarray(data.firstRow * width), width, rows, out);
    const plain = out.map((_, row) => scorer.logOddsOf(values, (data.firstRow + row) * width));
    expect(out).toEqual(plain);
    expect(new Set(out).size).toBeGreaterThan(rows / 2);
  });

  test('does so in any order of rows, one by one, with values that are no numbers among them', () => {
    const forest = followForest(fewLeaves.boosting)!;
    const row = new Float32Array(width);
    const out = new Float64Array(1);
    for (let step = 0; step < 2_000; step++) {
      const from = (data.firstRow + ((step * 7_919) % 11_000)) * width;
      row.set(values.subarray(from, from + width));
      row[step % width] = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, row[step % width]!][
        step % 4
      ]!;
      scoreFollowed(forest, row, width, 1, out);
      expect(out[0]).toBe(scoreForest(fewLeaves.boosting, row, 0));
    }
  });

  test('walks down trees that have more splits than its numbers hold', () => {
    const parts = partsWith(24);
    expect(mostSplits(fewLeaves)).toBe(14);
    expect(mostSplits(parts)).toBeGreaterThan(14);
    expect(followForest(parts.boosting)).toBeNull();
    const followed = followModel(parts, parameters);
    const out = new Float64Array(500);
    logOddsFollowed(followed, values.subarray(9_000 * width), width, 500, out);
    const scorer = createScorer(parts, parameters);
    expect(out).toEqual(out.map((_, row) => scorer.logOddsOf(values, (9_000 + row) * width)));
  });
});
