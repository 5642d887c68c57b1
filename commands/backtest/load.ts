import { readCandleFile } from '../../adapters/candles/store.js';
import {
  candlesBetween,
  findGaps,
  firstAtOrAfter,
  firstOffGrid,
  inferTimeframe,
  sliceCandles,
} from '../../trading/market/columns.js';
import { type CandleColumns, TIMEFRAME_MS, type Timeframe } from '../../trading/types.js';
import type { RunMarket } from '../../trading/backtest/run.js';
import { checkSpacing } from '../spacing.js';
import { UsageError } from '../usage.js';
import type { BacktestOptions } from './options.js';

export type LoadedMarket = RunMarket;

/** Reads, cuts and checks the candles of every source; gaps are told, not refused. */
export function loadCandles(options: BacktestOptions, say: (line: string) => unknown): LoadedMarket[] {
  return options.sources.map(({ path, symbol, detail }) => {
    const all = readCandleFile(path);
    const timeframe = options.timeframe ?? timeframeOf(all, path);
    checkGrid(all, timeframe, path);
    checkSpacing(path, all, timeframe);
    const first = firstAtOrAfter(all.timestamp, options.from ?? 0);
    const end = firstAtOrAfter(all.timestamp, options.to ?? Number.MAX_VALUE);
    const start = Math.max(0, first - options.warmUp);
    if (end <= first) throw new UsageError(`${path} has no candles between --from and --to`);
    const candles = sliceCandles(all, start, end);
    const gaps = findGaps(candles, timeframe);
    if (gaps.length > 0) say(gapText(path, gaps));
    return {
      symbol,
      timeframe,
      candles,
      warmUp: first - start,
      detail: detail ? loadDetail(detail, candles, timeframe) : undefined,
    };
  });
}

function loadDetail(path: string, candles: CandleColumns, timeframe: Timeframe): LoadedMarket['detail'] {
  const all = readCandleFile(path);
  const smaller = timeframeOf(all, path);
  if (TIMEFRAME_MS[timeframe] % TIMEFRAME_MS[smaller] !== 0 || smaller === timeframe)
    throw new UsageError(`${path}: detail candles of ${smaller} do not divide ${timeframe}`);
  const from = candles.timestamp[0]!;
  const to = candles.timestamp[candles.length - 1]! + TIMEFRAME_MS[timeframe];
  return { candles: candlesBetween(all, from, to), timeframe: smaller };
}

function timeframeOf(candles: CandleColumns, path: string): Timeframe {
  const timeframe = inferTimeframe(candles);
  if (timeframe) return timeframe;
  const needed = countsSeconds(candles) ? 'its times look like seconds, milliseconds are needed' : 'give --timeframe';
  throw new UsageError(`${path}: the distance of its candles is no known timeframe; ${needed}`);
}

/** Whether the times, read as seconds, would be those of candles. */
function countsSeconds({ timestamp, length }: CandleColumns): boolean {
  const distance = length < 2 ? 0 : timestamp[length - 1]! - timestamp[length - 2]!;
  return Object.values<number>(TIMEFRAME_MS).includes(1000 * distance);
}

/** Candles must open on the timeframe's grid; the first that does not is named. */
function checkGrid(candles: CandleColumns, timeframe: Timeframe, path: string): void {
  const index = firstOffGrid(candles, timeframe);
  if (index >= 0)
    throw new UsageError(
      `${path}, line ${index + 2}: ${new Date(candles.timestamp[index]!).toISOString()} is not on the grid of ${timeframe} candles`,
    );
}

function gapText(path: string, gaps: ReturnType<typeof findGaps>): string {
  const missing = gaps.reduce((sum, gap) => sum + gap.missing, 0);
  const first = gaps[0]!;
  return `${path}: ${missing} candles missing in ${gaps.length} ${gaps.length === 1 ? 'gap' : 'gaps'}, the first after line ${first.index + 2} (${new Date(first.from).toISOString()}); they are left out, nothing is filled in`;
}
