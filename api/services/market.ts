/** Public market data for everyone who looks: through the shared caches, so that pages cost the exchange nothing. */
import {
  type Anomaly,
  type CandleRow,
  type MarketSnapshot,
  type SymbolRules,
  TIMEFRAME_MS,
  type Timeframe,
} from '../../trading/types.js';
import { marketSnapshot } from '../../trading/market/index.js';
import type { ApiVenue } from '../dependencies.js';

export interface MarketView {
  symbol: string;
  price: number;
  bid: number;
  ask: number;
  spreadPct: number;
  quoteVolume: number;
  marketTime: string;
  ageSeconds: number | null;
  anomalies: Anomaly[];
  /** Why there is no verdict on the data, where there is none. */
  problem: string | null;
}

/** Prices of symbols that the exchange lists, each with the verdict on its candles. */
export async function viewMarket(
  { market }: Pick<ApiVenue, 'market'>,
  symbols: readonly string[],
  timeframe: Timeframe,
): Promise<MarketView[]> {
  const tickers = await market.tickers(symbols);
  return Promise.all(
    symbols.flatMap((symbol) => {
      const ticker = tickers.get(symbol);
      if (!ticker) return [];
      return [
        market
          .candles(symbol, timeframe)
          .then((candles) => marketSnapshot(candles, ticker, symbol, timeframe))
          .then(
            (snapshot) => view(ticker, snapshot, null),
            (error: unknown) => view(ticker, null, error instanceof Error ? error.message : String(error)),
          ),
      ];
    }),
  );
}

type Ticker = Awaited<ReturnType<ApiVenue['market']['tickers']>> extends Map<string, infer T> ? T : never;

function view(ticker: Ticker, snapshot: MarketSnapshot | null, problem: string | null): MarketView {
  const { symbol, last, bid, ask, quoteVolume, marketTime } = ticker;
  return {
    symbol,
    price: last,
    bid,
    ask,
    spreadPct: ask + bid > 0 ? ((ask - bid) / ((ask + bid) / 2)) * 100 : 0,
    quoteVolume,
    marketTime: new Date(marketTime).toISOString(),
    ageSeconds: snapshot?.ageSeconds ?? null,
    anomalies: snapshot?.anomalies ?? [],
    problem,
  };
}

export interface CandleQuery {
  symbol: string;
  timeframe: Timeframe;
  from?: Date | undefined;
  to?: Date | undefined;
  limit: number;
}

/** A page asks for the newest candles every five seconds and for the whole chart every half minute; its price is live. */
const KEEP_MS = { newest: 1_500, whole: 3_000 };
const NEWEST = 100;
const KEPT = 200;

/** Candles for charts, forming one included; the same question of several pages is asked once in a while. */
export function createCandleReader({ exchange }: Pick<ApiVenue, 'exchange'>) {
  const known = new Map<string, { at: number; rows: Promise<CandleRow[]> }>();
  return (query: CandleQuery, now = Date.now()): Promise<CandleRow[]> => {
    const key = JSON.stringify(query);
    const held = known.get(key);
    if (held && now - held.at < (query.limit <= NEWEST ? KEEP_MS.newest : KEEP_MS.whole)) return held.rows;
    const rows = readCandles(exchange, query);
    known.delete(key);
    known.set(key, { at: now, rows });
    rows.catch(() => known.delete(key));
    if (known.size > KEPT) known.delete(known.keys().next().value!);
    return rows;
  };
}

async function readCandles(exchange: ApiVenue['exchange'], { symbol, timeframe, from, to, limit }: CandleQuery) {
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

/** Names among `symbols` that the exchange does not list, by their place. */
export async function unlisted(
  { exchange }: Pick<ApiVenue, 'exchange'>,
  symbols: readonly string[],
): Promise<{ index: number; symbol: string }[]> {
  const rules: Map<string, SymbolRules> = await exchange.market.symbolRules();
  return symbols.flatMap((symbol, index) => (rules.has(symbol) ? [] : [{ index, symbol }]));
}
