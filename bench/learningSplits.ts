/**
 * `node scripts/run.mjs bench/learningSplits --data FILE --symbol S --timeframe T [--from ISO] [--to ISO] [--every MONTHS]
 * [--history MONTHS] [--lengths 1,3,12] [--controls true] [--out JSONL]`: trains and tests as `npm run train` does, once for
 * each first of a month from --from to --to, on all that came before (or on --history months of it), and tells how many
 * tests of each length miss what is promised. A shorter test is a longer one's beginning, to the bit: no row's
 * probability depends on later candles.
 */
import { appendFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readCandleFile } from '../adapters/candles/store.js';
import { LearningDataError, rowAt } from '../trading/learning/dataset.js';
import type { Predictions } from '../trading/learning/evaluate.js';
import { runControls } from '../trading/learning/quality/controls.js';
import { calibrationError, reliabilityByQuantile } from '../trading/learning/quality/metrics.js';
import { slicePredictions, summarise, type Summary } from '../trading/learning/quality/report.js';
import { runTrial } from '../trading/learning/trial.js';
import { sliceCandles } from '../trading/market/columns.js';
import { TIMEFRAME_MS, type Timeframe } from '../trading/types.js';

interface Line extends Summary {
  symbol: string;
  timeframe: string;
  history: number;
  testFrom: string;
  months: number;
  eceByQuantile: number;
  shuffledAuc?: number;
  plantedLeakCaught?: boolean;
}

/** Fewest of a test's rows that the file must hold, as a share of a whole test of that length. */
const LEAST_SHARE = 0.9;

const option = { type: 'string' } as const;
const { values } = parseArgs({
  options: {
    ...{ data: option, symbol: option, timeframe: option, from: option, to: option, every: option },
    ...{ history: option, lengths: option, controls: option, out: option },
  },
});
const timeframe = (values.timeframe ?? '5m') as Timeframe;
const symbol = values.symbol ?? '';
const candles = readCandleFile(values.data ?? '');
const history = Number(values.history ?? 0);
const lengths = (values.lengths ?? '1,3').split(',').map(Number);
const longest = Math.max(...lengths);
const first = candles.timestamp[0]!;
const last = candles.timestamp[candles.length - 1]!;
const from = Date.parse(values.from ?? new Date(later(first, 4)).toISOString());
const to = Date.parse(values.to ?? new Date(last).toISOString());

const lines: Line[] = [];
for (let at = monthOf(from); at <= to; at = later(at, Number(values.every ?? 1))) {
  const start = history > 0 ? rowAt(candles, later(at, -history)) : 0;
  const cut = sliceCandles(candles, start, rowAt(candles, later(at, longest)));
  try {
    lines.push(...split(cut, at));
  } catch (error) {
    if (!(error instanceof LearningDataError)) throw error;
    console.error(`${new Date(at).toISOString().slice(0, 7)}: ${error.message}`);
  }
}
for (const months of lengths)
  summary(
    months,
    lines.filter((line) => line.months === months),
  );

function split(cut: typeof candles, testFrom: number): Line[] {
  const { data, testRow, parameters, predictions } = runTrial(cut, { timeframe, testFrom });
  const controls = values.controls ? runControls(data, testRow, parameters) : undefined;
  const about = { symbol, timeframe, history, testFrom: new Date(testFrom).toISOString().slice(0, 10) };
  return lengths.flatMap((months) => {
    const end = later(testFrom, months);
    const part = slicePredictions(predictions, 0, rowsBefore(predictions, end));
    if (part.label.length * TIMEFRAME_MS[timeframe] < LEAST_SHARE * (end - testFrom)) return [];
    const line: Line = {
      ...about,
      months,
      ...summarise(part),
      eceByQuantile: calibrationError(reliabilityByQuantile(part.probability, part.label)),
      ...(controls && { shuffledAuc: controls.shuffledAuc, plantedLeakCaught: controls.plantedLeakCaught }),
    };
    if (values.out) appendFileSync(values.out, `${JSON.stringify(line)}\n`);
    console.log(row(line));
    return [line];
  });
}

function row(line: Line): string {
  const f = (value: number) => value.toFixed(4).padStart(7);
  const { testFrom, months, n, baseRate, auc, ece, eceByQuantile, brierSkill, brierSkillVsVolatility } = line;
  const controls =
    line.shuffledAuc === undefined
      ? ''
      : ` | ${f(line.shuffledAuc)} ${line.plantedLeakCaught ? 'caught' : 'NOT CAUGHT'}`;
  const kept = ece <= 0.02 && brierSkill >= 0 && brierSkillVsVolatility > 0;
  return `${symbol} ${timeframe} ${testFrom} ${months} | ${n} | ${f(baseRate)} | ${f(auc)} | ${f(ece)} | ${f(eceByQuantile)} | ${f(brierSkill)} | ${f(brierSkillVsVolatility)}${controls}${kept ? '' : ' *'}`;
}

function summary(months: number, of: readonly Line[]): void {
  if (of.length === 0) return;
  const mean = (value: (line: Line) => number) => of.reduce((sum, line) => sum + value(line), 0) / of.length;
  const f = (value: number) => value.toFixed(4);
  const missed = (test: (line: Line) => boolean) => of.filter(test).length;
  const [noEce, noSkill, noVolatility] = [
    (line: Line) => line.ece > 0.02,
    (line: Line) => line.brierSkill < 0,
    (line: Line) => line.brierSkillVsVolatility <= 0,
  ];
  console.log(
    `${symbol} ${timeframe}, ${months} months, history ${history || 'all'}: ${of.length} tests; ` +
      `ECE ${f(mean((l) => l.ece))} worst ${f(Math.max(...of.map((l) => l.ece)))}, by quantile ${f(mean((l) => l.eceByQuantile))}; ` +
      `skill ${f(mean((l) => l.brierSkill))} worst ${f(Math.min(...of.map((l) => l.brierSkill)))}; ` +
      `against volatility ${f(mean((l) => l.brierSkillVsVolatility))} worst ${f(Math.min(...of.map((l) => l.brierSkillVsVolatility)))}; ` +
      `missed ${missed(noEce)}, ${missed(noSkill)}, ${missed(noVolatility)}, any ${missed((l) => noEce(l) || noSkill(l) || noVolatility(l))}`,
  );
}

function rowsBefore({ timestamp }: Predictions, time: number): number {
  let count = 0;
  while (count < timestamp.length && timestamp[count]! < time) count++;
  return count;
}

function monthOf(time: number): number {
  const date = new Date(time);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
}

/** The first of the month `months` after the one that `time` lies in. */
function later(time: number, months: number): number {
  const date = new Date(time);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1);
}
