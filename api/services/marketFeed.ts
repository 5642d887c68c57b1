/**
 * Prices for open pages as they move: one ticker stream a symbol for the whole process, and one verdict on each symbol
 * for everyone who looks at it. It costs the exchange no request weight while its stream speaks; where it is silent for
 * a second the prices are asked for.
 */
import type { Ticker } from '../../adapters/exchange/port.js';
import type { Timeframe, VenueMode } from '../../trading/types.js';
import type { ApiDependencies } from '../dependencies.js';
import { type MarketView, repriced, viewMarket } from './market.js';
import { soonOr } from '../../adapters/within.js';

export interface MarketSubject {
  mode: VenueMode;
  symbols: readonly string[];
  timeframe: Timeframe;
}

/** One object for everyone who is told, so that it is written down once. */
export interface MarketNews {
  items: readonly MarketView[];
}

export interface MarketFeed {
  /** Calls back with every price that moved, and at least once in two seconds. The returned function ends it. */
  listen(subject: MarketSubject, listener: (news: MarketNews) => void): () => void;
  close(): void;
}

/** Least time between two tellings, ms: nobody reads faster, and each costs every open page a frame of all its figures. */
const PACE_MS = 250;
/** Prices of several symbols that come together are told together, ms. */
const GATHER_MS = 15;
const SILENCE_MS = 1_000;
/** A price does not wait longer than this for candles and other symbols that the exchange is asked for, ms. */
const PROMPT_MS = 60;

interface Group {
  subject: MarketSubject;
  listeners: Set<(news: MarketNews) => void>;
  /** Runs from the first price that waits until it is told. */
  timer: NodeJS.Timeout | undefined;
  toldAt: number;
  /** The exchange has answered for all symbols once. */
  whole: boolean;
  /** What was told last, by symbol. */
  shown: Map<string, MarketView>;
  /** Prices that the stream brought since the last telling began. */
  moved: Map<string, Ticker>;
  /** And since the exchange was last asked. */
  movedSinceAsked: Map<string, Ticker>;
  asking: Promise<void> | undefined;
  /** An answer came after the telling that had asked for it. */
  cameLate: boolean;
  ends: (() => void)[];
  ended: boolean;
}

export function createMarketFeed(deps: Pick<ApiDependencies, 'venue' | 'log'>): MarketFeed {
  const groups = new Map<string, Group>();
  const quiet = setInterval(() => {
    for (const group of groups.values()) if (Date.now() - group.toldAt >= SILENCE_MS) soon(group);
  }, SILENCE_MS);
  quiet.unref();

  function soon(group: Group): void {
    if (group.timer || group.ended) return;
    const rest = group.toldAt + PACE_MS - Date.now();
    group.timer = setTimeout(() => void tell(group), Math.max(GATHER_MS, rest));
  }

  async function tell(group: Group): Promise<void> {
    const moved = new Map(group.moved);
    group.moved.clear();
    const answered = await soonOr(
      ask(group).then(() => true),
      PROMPT_MS,
      false,
    );
    group.timer = undefined;
    // What came meanwhile is told next.
    if (group.moved.size > 0) soon(group);
    if (!answered) reprice(group, moved);
    const fresh = answered || group.cameLate || moved.size > 0;
    group.cameLate = false;
    // A list without some of its symbols would be taken for the whole.
    if (group.ended || !group.whole || !fresh) return;
    group.toldAt = Date.now();
    const news = { items: [...group.shown.values()] };
    for (const listener of group.listeners) listener(news);
  }

  function reprice({ shown }: Group, moved: ReadonlyMap<string, Ticker>): void {
    for (const [symbol, ticker] of moved) shown.set(symbol, repriced(shown.get(symbol), ticker));
  }

  /** One question at a time: what takes longer than a price may wait is told when it has come. */
  function ask(group: Group): Promise<void> {
    group.asking ??= answerOf(group).finally(() => (group.asking = undefined));
    return group.asking;
  }

  async function answerOf(group: Group): Promise<void> {
    const { mode, symbols, timeframe } = group.subject;
    const begun = Date.now();
    group.movedSinceAsked.clear();
    try {
      const items = await viewMarket(deps.venue(mode), symbols, timeframe);
      group.shown = new Map(items.map((item) => [item.symbol, item]));
      group.whole = true;
      reprice(group, group.movedSinceAsked);
    } catch (error) {
      deps.log.debug({ mode, error: String(error) }, 'no prices for the pages');
      throw error;
    }
    if (Date.now() - begun < PROMPT_MS) return;
    group.cameLate = true;
    soon(group);
  }

  function watch(group: Group): void {
    const { mode, symbols } = group.subject;
    Promise.resolve()
      .then(() => {
        const { exchange, market } = deps.venue(mode);
        return exchange.watchTickers(symbols, (ticker) => {
          market.learn(ticker);
          group.moved.set(ticker.symbol, ticker);
          group.movedSinceAsked.set(ticker.symbol, ticker);
          soon(group);
        });
      })
      .then((end) => (group.ended ? end() : void group.ends.push(end)))
      .catch((error: unknown) => deps.log.debug({ mode, error: String(error) }, 'no price stream for the pages'));
  }

  function open(key: string, subject: MarketSubject): Group {
    const group: Group = {
      subject,
      listeners: new Set(),
      timer: undefined,
      toldAt: 0,
      whole: false,
      shown: new Map(),
      moved: new Map(),
      movedSinceAsked: new Map(),
      asking: undefined,
      cameLate: false,
      ends: [],
      ended: false,
    };
    groups.set(key, group);
    watch(group);
    soon(group);
    return group;
  }

  function end(key: string, group: Group): void {
    group.ended = true;
    clearTimeout(group.timer);
    for (const stop of group.ends) stop();
    groups.delete(key);
  }

  return {
    listen(subject, listener) {
      const key = keyOf(subject);
      const group = groups.get(key) ?? open(key, subject);
      group.listeners.add(listener);
      return () => {
        group.listeners.delete(listener);
        if (group.listeners.size === 0 && groups.get(key) === group) end(key, group);
      };
    },
    close() {
      clearInterval(quiet);
      for (const [key, group] of groups) end(key, group);
    },
  };
}

export const keyOf = ({ mode, timeframe, symbols }: MarketSubject): string =>
  `${mode} ${timeframe} ${[...symbols].sort().join(',')}`;
