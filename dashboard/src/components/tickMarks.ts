import type { TickMarkType, Time } from 'lightweight-charts';
import type { Format } from '../format/format.js';

/** From this kind on (TickMarkType.Time) a mark is within a day; below it a day, month or year begins. */
const WITHIN_A_DAY = 3;

/** Marks of a chart's time axis as short as they may be, so that they do not run into each other: a clock, or a day. */
export const tickMarks =
  (format: Format) =>
  (time: Time, kind: TickMarkType): string =>
    kind >= WITHIN_A_DAY ? format.clock(Number(time) * 1000) : format.dayMonth(Number(time) * 1000);
