import {
  allocateCandles,
  candlesFromRows,
  checkCandles,
  closedCandles,
  findGaps,
  sliceCandles,
} from '../../trading/market/columns.js';
import { type CandleColumns, type CandleRow, TIMEFRAME_MS, type Timeframe } from '../../trading/types.js';
import { mergeCandles } from './store.js';

/** The part of a ccxt exchange that is used. Its own rate limiter keeps the request weight within the venue's limit. */
export interface CandleSource {
  fetchOHLCV(symbol: string, timeframe: string, since: number, limit: number): Promise<(number | undefined)[][]>;
}

export interface DownloadOptions {
  symbol: string;
  timeframe: Timeframe;
  /** ms UTC; `to` is exclusive and no candle that is still forming at `now` is taken. */
  from: number;
  to: number;
  now: number;
  /** What is already there: only what lies before, after and in the holes of it is fetched. */
  stored?: CandleColumns;
  /** Called with all candles so far every few seconds and at the end, a failure's too: the next one goes on from there. */
  save: (candles: CandleColumns) => void;
  /** Between two savings, ms of real time. */
  saveEvery?: number;
  /** Waits between tries, ms. */
  retryDelays?: readonly number[];
}

const PAGE = 1000;
/** Errors that another try does not mend. */
const LASTING = new Set(['MarketDataError', 'BadSymbol', 'BadRequest', 'AuthenticationError', 'PermissionDenied']);

/** Fetches the candles that are missing before, after and between the stored ones, page by page. */
export async function downloadCandles(source: CandleSource, options: DownloadOptions): Promise<CandleColumns> {
  const step = TIMEFRAME_MS[options.timeframe];
  const { saveEvery = 5000, save } = options;
  let all = options.stored ?? allocateCandles(0);
  let unsaved = false;
  let savedAt = Date.now();
  const keep = (): void => {
    if (unsaved) save(all);
    unsaved = false;
    savedAt = Date.now();
  };
  try {
    for (const [from, to] of missingSpans(all, options)) {
      let since = Math.ceil(from / step) * step;
      while (since < to && since + step <= options.now) {
        const page = await fetchPage(source, options, since, to);
        if (page.length === 0) break;
        all = mergeCandles(all, page);
        unsaved = true;
        if (Date.now() - savedAt >= saveEvery) keep();
        since = page.timestamp[page.length - 1]! + step;
      }
    }
  } finally {
    keep();
  }
  return all;
}

/** [from, to) of what is not there. A hole that the exchange has too costs one request, and stays. */
function missingSpans(stored: CandleColumns, { from, to, timeframe }: DownloadOptions): [number, number][] {
  if (stored.length === 0) return [[from, to]];
  const step = TIMEFRAME_MS[timeframe];
  const holes = findGaps(stored, timeframe).map((gap): [number, number] => [
    Math.max(from, gap.from),
    Math.min(to, gap.to + step),
  ]);
  return [[from, stored.timestamp[0]!], ...holes, [stored.timestamp[stored.length - 1]! + step, to]];
}

async function fetchPage(
  source: CandleSource,
  options: DownloadOptions,
  since: number,
  to: number,
): Promise<CandleColumns> {
  const { symbol, timeframe, now, retryDelays = [1000, 4000, 15_000] } = options;
  for (let attempt = 0; ; attempt++) {
    try {
      const answer = (await source.fetchOHLCV(symbol, timeframe, since, PAGE)) as unknown as CandleRow[];
      // The newest candle that an exchange has may still be forming, whatever our clock says of its market's time.
      const rows = answer.length < PAGE ? answer.slice(0, -1) : answer;
      const page = closedCandles(candlesFromRows(rows.filter(([time]) => time >= since && time < to)), timeframe, now);
      checkCandles(page);
      return sliceCandles(page, 0);
    } catch (error) {
      const delay = retryDelays[attempt];
      if (delay === undefined || LASTING.has((error as Error).name)) throw error;
      await new Promise((done) => setTimeout(done, delay));
    }
  }
}
