/** Row ranges [from, to) of one step of a walk-forward: learn on `train`, judge on `test`, which lies later. */
export interface Fold {
  index: number;
  train: { from: number; to: number };
  test: { from: number; to: number };
}

export interface FoldSettings {
  folds: number;
  /** Share of the rows that only ever trains, 0 to 1. */
  firstTrainShare: number;
  /** Rows whose label needs candles of the test part: purged from the end of training. */
  purgeRows: number;
  /** Further rows left out between training and test, for what features and regimes carry over. */
  embargoRows: number;
}

/**
 * Walk-forward with a growing past (Lopez de Prado, 2018, ch. 7, purging and embargo): the test parts lie end to end
 * and together cover the rows after the first training part. Fewer folds come back where there are too few rows.
 */
export function walkForward(from: number, to: number, settings: FoldSettings): Fold[] {
  const gap = settings.purgeRows + settings.embargoRows;
  const start = from + Math.floor((to - from) * settings.firstTrainShare);
  const folds: Fold[] = [];
  for (let k = 0; k < settings.folds; k++) {
    const testFrom = start + Math.floor(((to - start) * k) / settings.folds);
    const testTo = start + Math.floor(((to - start) * (k + 1)) / settings.folds);
    if (testTo <= testFrom || testFrom - gap <= from) continue;
    folds.push({ index: folds.length, train: { from, to: testFrom - gap }, test: { from: testFrom, to: testTo } });
  }
  return folds;
}

export const rowsOf = ({ from, to }: { from: number; to: number }): Int32Array =>
  Int32Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
