import { ExchangeError } from '../errors.js';
import type { AccountEvent, AccountKey } from '../port.js';
import type { ExchangeClock } from '../clock.js';
import type { ExchangeLog } from '../log.js';
import type { Limiter } from '../limiter.js';
import { type AccountConnection, createAccountConnection } from './accountConnection.js';
import { createWatcher, type Watcher } from './watcher.js';
import { SOCKET_TIMES, type SocketTimes } from './socket.js';

export interface AccountStreamParts {
  url: string;
  limiter: Limiter;
  clock: ExchangeClock;
  symbolOfId(id: string): Promise<string>;
  log?: ExchangeLog;
  times?: SocketTimes;
}

export interface AccountStreams {
  watch(key: AccountKey, listener: (event: AccountEvent) => void): Promise<() => void>;
  forget(keyId: string): void;
  close(): void;
}

/** Binance allows 1,000 on a connection; fewer lose less when one breaks. */
const ACCOUNTS_PER_CONNECTION = 250;
/** What a listener spends on one resynchronisation by REST, in request weight. */
const RESYNC_WEIGHT = 40;
/** Fraction of the address's weight that resynchronising without a stream may take. */
const RESYNC_SHARE = 0.3;
const LEAST_RESYNC_MS = 5_000;
const LOOK_EVERY_MS = 250;

/**
 * User-data streams of all accounts over shared connections. While an account has no stream its listeners are told `gap`
 * again and again, as often as the request weight allows: REST alone is the fallback.
 */
export function createAccountStreams(parts: AccountStreamParts): AccountStreams {
  const watchers = new Map<string, Watcher>();
  let connections: AccountConnection[] = [];
  let timer: NodeJS.Timeout | undefined;

  /** Without a stream each account resynchronises this seldom, so that all together stay within the budget. */
  function resyncEveryMs(): number {
    const down = [...watchers.values()].filter((watcher) => !watcher.isLive()).length;
    const perMinute = parts.limiter.state().weightLimit * RESYNC_SHARE;
    return Math.max(LEAST_RESYNC_MS, (down * RESYNC_WEIGHT * 60_000) / perMinute);
  }

  function look(): void {
    const every = resyncEveryMs();
    for (const watcher of watchers.values()) watcher.look(every);
  }

  function connectionWithRoom(): AccountConnection {
    const free = connections.find((one) => one.size() < ACCOUNTS_PER_CONNECTION);
    if (free) return free;
    const made = createAccountConnection({ ...parts, times: parts.times ?? SOCKET_TIMES });
    connections.push(made);
    return made;
  }

  function drop(id: string): void {
    const watcher = watchers.get(id);
    if (!watcher) return;
    watchers.delete(id);
    for (const connection of connections) connection.remove(watcher);
    for (const empty of connections.filter((one) => one.size() === 0)) empty.close();
    connections = connections.filter((one) => one.size() > 0);
    if (watchers.size === 0) clearInterval(timer);
  }

  return {
    async watch(key, listener) {
      let watcher = watchers.get(key.id);
      if (watcher && (watcher.key.apiKey !== key.apiKey || watcher.key.secret !== key.secret)) {
        drop(key.id);
        watcher = undefined;
      }
      if (!watcher) {
        if (watchers.size === 0) timer = setInterval(look, LOOK_EVERY_MS).unref();
        watcher = createWatcher(key, parts.symbolOfId);
        watchers.set(key.id, watcher);
        connectionWithRoom().add(watcher);
      }
      const mine = watcher;
      mine.listeners.add(listener);
      const stop = () => {
        mine.listeners.delete(listener);
        if (mine.listeners.size === 0 && watchers.get(key.id) === mine) drop(key.id);
      };
      try {
        await mine.firstAttempt;
      } catch (error) {
        stop();
        throw error instanceof ExchangeError ? error : new Error('watchAccount: the stream could not be started');
      }
      return stop;
    },
    forget: drop,
    close() {
      clearInterval(timer);
      for (const connection of connections) connection.close();
      connections = [];
      watchers.clear();
    },
  };
}
