import type { SerializedModel } from './serialize.js';

/** A model whose data ended longer ago than this on the market's clock says nothing any more, in days. */
export const MODEL_MAX_AGE_DAYS = 30;
const DAY = 86_400_000;

/** End of what a saved model was made from, ms UTC: training, test and recalibration. */
export const madeUpTo = ({ recalibration, data }: Pick<SerializedModel, 'recalibration' | 'data'>): number =>
  Math.max(recalibration.through, Date.parse(data.to));

/** Whether a model made up to then is too old for a candle that opens at `time` (both ms). 0 days: it never is. */
export const isTooOld = (made: number, time: number, maxAgeDays: number): boolean =>
  maxAgeDays > 0 && time - made > maxAgeDays * DAY;
