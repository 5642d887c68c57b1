/** Candles for charts: one series a symbol and timeframe for all pages, however many candles each of them wants. */
import { type CandleRow, TIMEFRAME_MS, type Timeframe } from '../../trading/types.js';
import type { ApiVenue } from '../dependencies.js';
import { createSharedReads } from './sharedReads.js';

export interface CandleQuery {
  symbol: string;
  timeframe: Timeframe;
  from?: Date | undefined;
  to?: Date | undefined;
  limit: number;
}

export interface CandleAnswer {
  items: CandleRow[];
  /** When the exchange was asked for them, ISO. */
  asOf: string;
  /** False where the exchange has not answered since. */
  current: boolean;
}

/** A page asks for the newest candles every five seconds and for the whole chart every half minute; its price is live. */
const KEEP_MS = 1_500;
/** Many charts take turns: at 2 units each, all of them together cost at most 300 of the 630 units of request weight. */
const KEEP_MS_EACH = 400;
/** A slow exchange is not waited for where a chart can be had: the next question has the new candles. */
const PATIENCE_MS = 1_000;
/** Whoever has no chart is told within this time that the exchange is slow, ms. */
const FIRST_PATIENCE_MS = 6_000;
/** An older chart would be taken for the market. */
const USABLE_MS = 600_000;
const FAILURE_MS = 1_000;
/** From here on the page is told; a slow answer alone is not worth a word. */
const LATE_MS = 10_000;
const KEPT = 200;
/** What a series holds; whoever wants more is answered alone. */
const SERIES = 500;
/** How many of the newest are asked for where the rest is known. */
const TAIL = 60;
/** What has closed is read again once in a while, for exchanges correct themselves. */
const WHOLE_EVERY_MS = 60_000;

interface Series {
  rows: CandleRow[];
  /** When all of it was read last, ms. */
  wholeAt: number;
}

export interface CandleReader {
  /** @throws the exchange's error where nothing usable is known */
  read(query: CandleQuery): Promise<CandleAnswer>;
  /** Whether candles of the symbol are known already: then it is a listed one. */
  knows(symbol: string): boolean;
}

export function createCandleReader(
  { exchange }: { exchange: Pick<ApiVenue['exchange'], 'market'> },
  now: () => number = Date.now,
): CandleReader {
  const known = new Set<string>();
  const reads = () =>
    createSharedReads<Series>({
      keepMs: KEEP_MS,
      patienceMs: PATIENCE_MS,
      firstPatienceMs: FIRST_PATIENCE_MS,
      usableMs: USABLE_MS,
      failureMs: FAILURE_MS,
      most: KEPT,
      now,
    });
  /** Charts of now. */
  const charts = reads();
  /** Questions about a time of their own: however many a script asks, they make no chart older. */
  const ranges = reads();
  const whole = async (query: CandleQuery): Promise<Series> => ({
    wholeAt: now(),
    rows: await readCandles(exchange, query),
  });

  const keepMs = () => Math.max(KEEP_MS, KEEP_MS_EACH * charts.asked(60_000));

  async function series(query: CandleQuery, last: Series | undefined): Promise<Series> {
    if (last && last.rows.length > TAIL && now() - last.wholeAt < WHOLE_EVERY_MS) {
      const rows = continued(last.rows, await readCandles(exchange, { ...query, limit: TAIL }));
      if (rows) return { rows: rows.slice(-SERIES), wholeAt: last.wholeAt };
    }
    return whole({ ...query, limit: SERIES });
  }

  return {
    async read(query) {
      const { symbol, timeframe, from, to, limit } = query;
      const shared = !from && !to && limit <= SERIES;
      const { value, at } = shared
        ? await charts.read(`${symbol} ${timeframe}`, (last) => series(query, last), keepMs())
        : await ranges.read(JSON.stringify(query), () => whole(query));
      known.add(symbol);
      const items = shared ? value.rows.slice(-limit) : value.rows;
      return { items, asOf: new Date(at).toISOString(), current: now() - at < LATE_MS + keepMs() };
    },
    knows: (symbol) => known.has(symbol),
  };
}

/** `rows` with the newest replaced by `newest`; null where the two do not meet. Both are oldest first. */
export function continued(rows: readonly CandleRow[], newest: readonly CandleRow[]): CandleRow[] | null {
  const from = newest[0]?.[0];
  const last = rows.at(-1)?.[0];
  // A clock that went back (a local exchange that was reset) makes another series.
  if (from === undefined || last === undefined || from > last || newest.at(-1)![0] < last) return null;
  return [...rows.filter(([time]) => time < from), ...newest];
}

async function readCandles(
  exchange: Pick<ApiVenue['exchange'], 'market'>,
  { symbol, timeframe, from, to, limit }: CandleQuery,
): Promise<CandleRow[]> {
  const step = TIMEFRAME_MS[timeframe];
  // With an end and no beginning the newest before the end are wanted.
  const since = from?.getTime() ?? (to ? to.getTime() - limit * step : undefined);
  const columns = await exchange.market.candles(symbol, timeframe, { since, until: to?.getTime(), limit });
  const { timestamp, open, high, low, close, volume } = columns;
  const rows = Array.from(
    { length: columns.length },
    (_, i): CandleRow => [timestamp[i]!, open[i]!, high[i]!, low[i]!, close[i]!, volume[i]!],
  );
  return to ? rows.filter(([time]) => time <= to.getTime()) : rows;
}
