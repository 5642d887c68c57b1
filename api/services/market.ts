/** Public market data for everyone who looks: through the shared caches, so that pages cost the exchange nothing. */
import type { Anomaly, MarketSnapshot, SymbolRules, Timeframe } from '../../trading/types.js';
import { marketSnapshot } from '../../trading/market/index.js';
import type { Ticker } from '../../adapters/exchange/port.js';
import { isSymbolsOwn } from '../../adapters/exchange/tickerCache.js';
import type { ApiVenue } from '../dependencies.js';
import type { FieldError } from '../http/problem.js';

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

/** Prices of those of the symbols that the exchange has one of, each with the verdict on its candles. */
export async function viewMarket(
  { market }: Pick<ApiVenue, 'market'>,
  symbols: readonly string[],
  timeframe: Timeframe,
): Promise<MarketView[]> {
  const tickers = await tickersOf(market, symbols);
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

/** @throws the exchange's error, unless it is about one of the symbols: that one is left out */
async function tickersOf(
  market: Pick<ApiVenue['market'], 'tickers'>,
  symbols: readonly string[],
): Promise<Map<string, Ticker>> {
  try {
    return await market.tickers(symbols);
  } catch (error) {
    if (!isSymbolsOwn(error)) throw error;
    if (symbols.length <= 1) return new Map();
    const each = await Promise.all(symbols.map((symbol) => tickersOf(market, [symbol])));
    return new Map(each.flatMap((tickers) => [...tickers]));
  }
}

function view(ticker: Ticker, snapshot: MarketSnapshot | null, problem: string | null): MarketView {
  return {
    ...priced(ticker),
    ageSeconds: snapshot?.ageSeconds ?? null,
    anomalies: snapshot?.anomalies ?? [],
    problem,
  };
}

/** A price that has just come, with the verdict that was last known, if any. */
export const repriced = (known: MarketView | undefined, ticker: Ticker): MarketView =>
  known ? { ...known, ...priced(ticker) } : view(ticker, null, null);

const priced = ({ symbol, last, bid, ask, quoteVolume, marketTime }: Ticker) => ({
  symbol,
  price: last,
  bid,
  ask,
  spreadPct: ask + bid > 0 ? ((ask - bid) / ((ask + bid) / 2)) * 100 : 0,
  quoteVolume,
  marketTime: new Date(marketTime).toISOString(),
});

/** Those of `symbols` that the exchange does not list, each by its `path` in the request. */
export async function unlisted(
  { exchange }: Pick<ApiVenue, 'exchange'>,
  symbols: readonly string[],
  path: (index: number) => string,
): Promise<FieldError[]> {
  const rules: Map<string, SymbolRules> = await exchange.market.symbolRules();
  return symbols.flatMap((symbol, index) =>
    rules.has(symbol) ? [] : [{ path: path(index), message: `${symbol} is not listed by the exchange` }],
  );
}
