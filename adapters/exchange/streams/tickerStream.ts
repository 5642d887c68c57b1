import { z } from 'zod';
import type { ExchangeLog } from '../log.js';
import type { Ticker } from '../port.js';
import { amount, millis } from '../schemas.js';
import { marketIdOf } from '../symbolRules.js';
import { createReconnectingSocket, type ReconnectingSocket, SOCKET_TIMES, type SocketTimes } from './socket.js';

export interface TickerStream {
  watch(symbols: readonly string[], listener: (ticker: Ticker) => void): () => void;
  close(): void;
}

const price = amount.transform(Number).pipe(z.number().positive());
const tickerEvent = z.object({
  e: z.literal('24hrTicker'),
  s: z.string(),
  c: price,
  b: price,
  a: price,
  q: amount.transform(Number),
  C: millis,
});

/** Binance takes 5 messages a second and 1,024 streams on a connection. */
const NAMES_PER_MESSAGE = 200;
const GATHER_MS = 50;
const ANSWER_MS = 10_000;

/**
 * One `@ticker` stream per symbol for all listeners, on one connection that exists while anybody listens. What breaks the
 * schema is not told: whoever needs a price then finds none that is current and asks by REST.
 */
export function createTickerStream(url: string, log?: ExchangeLog, times: SocketTimes = SOCKET_TIMES): TickerStream {
  const listeners = new Map<string, Set<(ticker: Ticker) => void>>(); // by market id
  const symbols = new Map<string, string>(); // market id → symbol
  const asked = new Set<string>(); // on the present connection
  const waiting = new Map<number, NodeJS.Timeout>();
  let socket: ReconnectingSocket | null = null;
  let gathering: NodeJS.Timeout | undefined;
  let lastId = 0;

  function open(): ReconnectingSocket {
    const trouble = (why: string) => log?.warn({ why }, 'market stream in trouble');
    return createReconnectingSocket(
      url,
      { onOpen: adjust, onMessage: receive, onDown: forgetConnection },
      times,
      trouble,
    );
  }

  function forgetConnection(): void {
    asked.clear();
    for (const timer of waiting.values()) clearTimeout(timer);
    waiting.clear();
  }

  /** Brings what the connection is subscribed to in line with what is wanted. */
  function adjust(): void {
    gathering = undefined;
    if (!socket?.isOpen()) return;
    const wanted = [...listeners.keys()].filter((id) => !asked.has(id));
    const unwanted = [...asked].filter((id) => !listeners.has(id));
    command('SUBSCRIBE', wanted);
    command('UNSUBSCRIBE', unwanted);
    for (const id of wanted) asked.add(id);
    for (const id of unwanted) asked.delete(id);
  }

  function command(method: 'SUBSCRIBE' | 'UNSUBSCRIBE', ids: string[]): void {
    for (let i = 0; i < ids.length; i += NAMES_PER_MESSAGE) {
      const params = ids.slice(i, i + NAMES_PER_MESSAGE).map((id) => `${id.toLowerCase()}@ticker`);
      const id = ++lastId;
      if (!socket?.send({ method, params, id })) return;
      waiting.set(id, setTimeout(() => socket?.restart('a command without an answer'), ANSWER_MS).unref());
    }
  }

  function receive(message: unknown): void {
    const { id } = message as { id?: unknown };
    if (typeof id === 'number' && waiting.has(id)) {
      clearTimeout(waiting.get(id));
      waiting.delete(id);
      return;
    }
    const parsed = tickerEvent.safeParse(message);
    if (!parsed.success || parsed.data.b > parsed.data.a) return;
    const { s, c: last, b: bid, a: ask, q: quoteVolume, C: marketTime } = parsed.data;
    const symbol = symbols.get(s);
    if (!symbol) return;
    for (const listener of listeners.get(s) ?? []) listener({ symbol, last, bid, ask, quoteVolume, marketTime });
  }

  const adjustSoon = () => {
    gathering ??= setTimeout(adjust, GATHER_MS);
  };

  function stopListening(ids: readonly string[], listener: (ticker: Ticker) => void): void {
    for (const id of ids) {
      const set = listeners.get(id);
      set?.delete(listener);
      if (set?.size === 0) listeners.delete(id);
    }
    if (listeners.size > 0) adjustSoon();
    else endConnection();
  }

  function endConnection(): void {
    clearTimeout(gathering);
    gathering = undefined;
    forgetConnection();
    socket?.close();
    socket = null;
  }

  return {
    watch(wanted, listener) {
      const ids = wanted.map(marketIdOf);
      wanted.forEach((symbol, i) => {
        symbols.set(ids[i]!, symbol);
        const set = listeners.get(ids[i]!) ?? new Set();
        set.add(listener);
        listeners.set(ids[i]!, set);
      });
      if (ids.length > 0) socket ??= open();
      adjustSoon();
      return () => stopListening(ids, listener);
    },
    close() {
      listeners.clear();
      endConnection();
    },
  };
}
