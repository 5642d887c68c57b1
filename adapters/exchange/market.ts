import type { CandleRow, SymbolRules, Timeframe } from '../../trading/types.js';
import type { Caller, CallSpec } from './caller.js';
import type { CcxtBinance } from './ccxtClient.js';
import type { ExchangeClock } from './clock.js';
import { BadExchangeAnswer } from './errors.js';
import type { Limiter } from './limiter.js';
import type { MarketExchange, Ticker } from './port.js';
import { asBare } from './priority.js';
import { toColumns } from './reports.js';
import { exchangeInfoAnswer, klinesAnswer, tickersAnswer } from './schemas.js';
import { keptFresh } from './keptFresh.js';
import { marketIdOf, toSymbolRules } from './symbolRules.js';

export interface MarketParts {
  /** The instance without a key. */
  client(): Promise<CcxtBinance>;
  call: Caller;
  clock: ExchangeClock;
  limiter: Limiter;
  /** Take the weight limit from exchangeInfo instead of the one that was set. */
  adoptWeightLimit: boolean;
}

export interface SymbolBook extends MarketExchange {
  /** BTCUSDT → BTC/USDT, or the id itself where it is not listed (any more). */
  symbolOfId(id: string): Promise<string>;
}

const RULES_FRESH_MS = 3_600_000;
const RULES_AGAIN_MS = 60_000;
const LIMIT_AGAIN_MS = 5_000;
/** Above 20 symbols one ticker request costs 40, above 100 it costs 80. */
const TICKERS_PER_REQUEST = 100;
const MAX_CANDLES = 1_000;

export function createMarket({ client, call, clock, limiter, adoptWeightLimit }: MarketParts): SymbolBook {
  let symbolsById = new Map<string, string>();
  let isLimitKnown = !adoptWeightLimit;
  let limitAskedAt = Number.NEGATIVE_INFINITY; // monotonic, ms

  const publicCall = async <T>(spec: Omit<CallSpec<T>, 'api' | 'method' | 'priority'>): Promise<T> =>
    call(await client(), { api: 'public', method: 'GET', priority: 'market', ...spec });

  async function loadRules(): Promise<Map<string, SymbolRules>> {
    const now = performance.now();
    // Not again and again where it fails: it counts as much as any other.
    const tellsLimit = !isLimitKnown && now - limitAskedAt > LIMIT_AGAIN_MS;
    if (tellsLimit) limitAskedAt = now;
    const info = await publicCall({
      call: 'symbolRules',
      path: 'exchangeInfo',
      params: {},
      schema: exchangeInfoAnswer,
      weight: 20,
      deadlineMs: 20_000,
      // Until then Binance's usual limit is taken for it. Where it is another, a process that has just started among busy
      // ones would take the minute for full, and not even ask.
      tellsLimit,
    });
    isLimitKnown = true;
    const limit = info.rateLimits.find(
      (entry) => entry.rateLimitType === 'REQUEST_WEIGHT' && entry.interval === 'MINUTE' && entry.intervalNum === 1,
    );
    if (limit && adoptWeightLimit) limiter.setLimit(limit.limit);
    const loaded = toSymbolRules(info);
    symbolsById = new Map([...loaded.keys()].map((symbol) => [marketIdOf(symbol), symbol]));
    return loaded;
  }

  // A sale or a stop never waits for rules that are an hour old, nor fails for them where the exchange is away. Whoever
  // asks first reads them for all, a bare holding among them.
  const symbolRules = keptFresh(() => asBare(loadRules), { freshMs: RULES_FRESH_MS, againMs: RULES_AGAIN_MS });

  async function someTickers(symbols: readonly string[]): Promise<Ticker[]> {
    const ids = new Map(symbols.map((symbol) => [marketIdOf(symbol), symbol]));
    const answer = await publicCall({
      call: 'tickers',
      path: 'ticker/24hr',
      params: { symbols: JSON.stringify([...ids.keys()]) },
      schema: tickersAnswer,
      weight: ids.size <= 20 ? 2 : 40,
    });
    const found = new Map(answer.map((row) => [ids.get(row.symbol), row]));
    return symbols.map((symbol) => {
      const row = found.get(symbol);
      if (!row) throw new BadExchangeAnswer(`tickers: the answer lacks ${symbol}`);
      const { lastPrice: last, bidPrice: bid, askPrice: ask, quoteVolume, closeTime: marketTime } = row;
      if (bid > ask) throw new BadExchangeAnswer(`tickers: ${symbol} has a bid of ${bid} above its ask of ${ask}`);
      return { symbol, last, bid, ask, quoteVolume, marketTime };
    });
  }

  return {
    symbolRules,
    async tickers(symbols) {
      const wanted = [...new Set(symbols)];
      const chunks: string[][] = [];
      for (let i = 0; i < wanted.length; i += TICKERS_PER_REQUEST)
        chunks.push(wanted.slice(i, i + TICKERS_PER_REQUEST));
      const answers = await Promise.all(chunks.map(someTickers));
      return new Map(answers.flat().map((ticker) => [ticker.symbol, ticker]));
    },
    async candles(symbol, timeframe: Timeframe, { since, until, limit }) {
      const rows = await publicCall({
        call: 'candles',
        path: 'klines',
        params: {
          symbol: marketIdOf(symbol),
          interval: timeframe,
          limit: Math.min(limit, MAX_CANDLES),
          ...(since === undefined ? {} : { startTime: since }),
          ...(until === undefined ? {} : { endTime: until }),
        },
        schema: klinesAnswer,
        weight: 2,
      });
      const candles = rows.map(
        ([time, open, high, low, close, volume]): CandleRow => [time, open, high, low, close, volume],
      );
      return toColumns(candles, `${symbol} ${timeframe}`);
    },
    serverTime: () => clock.read(),
    async symbolOfId(id) {
      await symbolRules();
      return symbolsById.get(id) ?? id;
    },
  };
}
