import { BadExchangeAnswer, ExchangeError, NotSupportedByVenue, OrderRejected } from './errors.js';
import type { MarketExchange, Ticker } from './port.js';

export interface TickerCache {
  /** @throws the error of the first of these symbols that has no current ticker; other users' symbols don't matter */
  get(symbols: readonly string[]): Promise<Map<string, Ticker>>;
  learn(ticker: Ticker): void;
  clear(): void;
}

type Outcome = { ticker: Ticker } | { error: ExchangeError };
interface Kept {
  outcome: Outcome;
  until: number;
}

/** A symbol that the exchange does not list is asked for again this seldom, ms. */
const UNKNOWN_SYMBOL_MS = 60_000;
/** How long a streamed price is current, ms: the exchange sends one a second. */
const STREAMED_MS = 1_500;
/** A symbol that nobody has asked for in this time leaves the common request, ms. */
const FORGOTTEN_MS = 120_000;

/**
 * Tickers of every symbol that anybody lately asked for, in one request per time-to-live. A symbol that spoils the
 * common request (not listed, nonsense in its numbers) is found by asking for each alone, and left out of the next ones.
 */
export function createTickerCache(
  market: MarketExchange,
  { ttlMs, now }: { ttlMs: number; now(): number },
): TickerCache {
  const kept = new Map<string, Kept>();
  const askedAt = new Map<string, number>();
  let running: { symbols: Set<string>; done: Promise<void> } | null = null;

  const isCurrent = (symbol: string): boolean => now() < (kept.get(symbol)?.until ?? Number.NEGATIVE_INFINITY);

  async function refresh(symbols: readonly string[]): Promise<void> {
    const keep = (symbol: string, outcome: Outcome, ms = ttlMs) => kept.set(symbol, { outcome, until: now() + ms });
    try {
      for (const [symbol, ticker] of await market.tickers(symbols)) keep(symbol, { ticker });
    } catch (error) {
      if (!(error instanceof ExchangeError) || !isSymbolsOwn(error)) throw error;
      if (symbols.length === 1)
        keep(symbols[0]!, { error }, error.kind === 'BadExchangeAnswer' ? ttlMs : UNKNOWN_SYMBOL_MS);
      else for (const symbol of symbols) await refresh([symbol]);
    }
  }

  function startRefresh(): Promise<void> {
    for (const [symbol, at] of askedAt) if (now() - at > FORGOTTEN_MS) askedAt.delete(symbol);
    const symbols = [...askedAt.keys()].filter((symbol) => !isCurrent(symbol));
    const done = refresh(symbols).finally(() => {
      running = null;
    });
    running = { symbols: new Set(symbols), done };
    return done;
  }

  return {
    async get(symbols) {
      for (const symbol of symbols) askedAt.set(symbol, now());
      while (!symbols.every(isCurrent)) {
        const missing = symbols.filter((symbol) => !isCurrent(symbol));
        if (running && !missing.every((symbol) => running!.symbols.has(symbol)))
          await running.done.catch(() => undefined);
        else await (running?.done ?? startRefresh());
      }
      return new Map(symbols.map((symbol) => [symbol, tickerOf(kept.get(symbol)!.outcome)]));
    },
    learn: (ticker) => void kept.set(ticker.symbol, { outcome: { ticker }, until: now() + STREAMED_MS }),
    clear: () => kept.clear(),
  };
}

function tickerOf(outcome: Outcome): Ticker {
  if ('error' in outcome) throw outcome.error;
  return outcome.ticker;
}

/** The answer is about a symbol's own state, not about the connection. */
export const isSymbolsOwn = (error: unknown): boolean =>
  error instanceof NotSupportedByVenue || error instanceof OrderRejected || error instanceof BadExchangeAnswer;
