import {
  allocateCandles,
  candlesFromRows,
  checkCandles,
  closedCandles,
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
  /** What is already there: only what lies before and after it is fetched. */
  stored?: CandleColumns;
  /** Called after every page with all candles so far, so that a broken download goes on where it was. */
  save: (candles: CandleColumns) => void;
  /** Waits between tries, ms. */
  retryDelays?: readonly number[];
}

const PAGE = 1000;

/** Fetches the candles that are missing before and after the stored ones, page by page, saving each. */
export async function downloadCandles(source: CandleSource, options: DownloadOptions): Promise<CandleColumns> {
  const step = TIMEFRAME_MS[options.timeframe];
  let all = options.stored ?? allocateCandles(0);
  const spans =
    all.length === 0
      ? [[options.from, options.to]]
      : [
          [options.from, all.timestamp[0]!],
          [all.timestamp[all.length - 1]! + step, options.to],
        ];
  for (const [from, to] of spans as [number, number][]) {
    let since = Math.ceil(from / step) * step;
    while (since < to && since + step <= options.now) {
      const page = await fetchPage(source, options, since, to);
      if (page.length === 0) break;
      all = mergeCandles(all, page);
      options.save(all);
      since = page.timestamp[page.length - 1]! + step;
    }
  }
  return all;
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
      if (delay === undefined || (error as Error).name === 'MarketDataError' || (error as Error).name === 'BadSymbol')
        throw error;
      await new Promise((done) => setTimeout(done, delay));
    }
  }
}
