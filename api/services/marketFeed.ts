/**
 * Prices for open pages as they move: one ticker stream a symbol for the whole process, and one verdict on each symbol
 * for everyone who looks at it. It costs the exchange no request weight while its stream speaks; where it is silent for
 * a second the prices are asked for.
 */
import type { Timeframe, VenueMode } from '../../trading/types.js';
import type { ApiDependencies } from '../dependencies.js';
import { type MarketView, viewMarket } from './market.js';

export interface MarketSubject {
  mode: VenueMode;
  symbols: readonly string[];
  timeframe: Timeframe;
}

export interface MarketFeed {
  /** Calls back with every price that moved, and at least once in two seconds. The returned function ends it. */
  listen(subject: MarketSubject, listener: (items: readonly MarketView[]) => void): () => void;
  close(): void;
}

/** Least time between two tellings, ms. */
const PACE_MS = 120;
/** Prices of several symbols that come together are told together, ms. */
const GATHER_MS = 15;
const SILENCE_MS = 1_000;

interface Group {
  subject: MarketSubject;
  listeners: Set<(items: readonly MarketView[]) => void>;
  timer: NodeJS.Timeout | undefined;
  toldAt: number;
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
    const rest = group.toldAt + PACE_MS - Date.now();
    group.timer ??= setTimeout(() => void tell(group), Math.max(GATHER_MS, rest));
  }

  async function tell(group: Group): Promise<void> {
    const { mode, symbols, timeframe } = group.subject;
    try {
      const items = await viewMarket(deps.venue(mode), symbols, timeframe);
      group.toldAt = Date.now();
      for (const listener of group.listeners) listener(items);
    } catch (error) {
      deps.log.debug({ mode, error: String(error) }, 'no prices for the pages');
    }
    group.timer = undefined;
  }

  function watch(group: Group): void {
    const { mode, symbols } = group.subject;
    Promise.resolve()
      .then(() => {
        const { exchange, market } = deps.venue(mode);
        return exchange.watchTickers(symbols, (ticker) => {
          market.learn(ticker);
          soon(group);
        });
      })
      .then((end) => (group.ended ? end() : void group.ends.push(end)))
      .catch((error: unknown) => deps.log.debug({ mode, error: String(error) }, 'no price stream for the pages'));
  }

  function open(key: string, subject: MarketSubject): Group {
    const group: Group = { subject, listeners: new Set(), timer: undefined, toldAt: 0, ends: [], ended: false };
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
