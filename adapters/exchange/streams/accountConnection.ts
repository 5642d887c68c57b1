import { toExchangeError } from '../errorMapping.js';
import type { ExchangeClock } from '../clock.js';
import type { Limiter } from '../limiter.js';
import type { ExchangeLog } from '../log.js';
import { signedParams } from './signing.js';
import { createReconnectingSocket, type SocketTimes } from './socket.js';
import type { Watcher } from './watcher.js';

export interface AccountConnectionParts {
  url: string;
  limiter: Limiter;
  clock: ExchangeClock;
  log?: ExchangeLog;
  times: SocketTimes;
}

export interface AccountConnection {
  add(watcher: Watcher): void;
  remove(watcher: Watcher): void;
  size(): number;
  close(): void;
}

interface Answer {
  id?: unknown;
  status?: unknown;
  result?: { subscriptionId?: unknown };
  error?: { code?: unknown; msg?: unknown };
}

const SUBSCRIBE_WEIGHT = 2;
const ANSWER_MS = 10_000;
const RECV_WINDOW_MS = 5_000;
/** A refused subscription is tried again this seldom: a key does not become right by asking. */
const RETRY_MS = 5_000;
const RETRY_REFUSED_MS = 60_000;

/** One connection to the websocket API that carries the user-data streams of many accounts. */
export function createAccountConnection({
  url,
  limiter,
  clock,
  log,
  times,
}: AccountConnectionParts): AccountConnection {
  const watchers = new Set<Watcher>();
  const subscribed = new Map<number, Watcher>();
  const waiting = new Map<string, (answer: Answer) => void>();
  const timers = new Set<NodeJS.Timeout>();
  let generation = 0; // of the connection
  let lastId = 0;

  const socket = createReconnectingSocket(
    url,
    {
      onOpen() {
        for (const watcher of watchers) void subscribe(watcher);
      },
      onMessage: receive,
      onDown() {
        generation += 1;
        subscribed.clear();
        waiting.clear();
        for (const watcher of watchers) watcher.down();
      },
    },
    times,
    (why) => log?.warn({ why }, 'user-data connection in trouble'),
  );

  async function subscribe(watcher: Watcher): Promise<void> {
    const mine = generation;
    const still = () => mine === generation && watchers.has(watcher) && socket.isOpen();
    try {
      await limiter.acquire(SUBSCRIBE_WEIGHT, 'account', 60_000, 'watchAccount');
      limiter.settle(SUBSCRIBE_WEIGHT, {});
      await clock.read();
    } catch {
      watcher.down();
      later(RETRY_MS, () => still() && void subscribe(watcher));
      return;
    }
    if (!still()) return;
    const timestamp = Date.now() + Math.round(clock.offset());
    const params = signedParams(watcher.key, { timestamp, recvWindow: RECV_WINDOW_MS });
    request('userDataStream.subscribe.signature', params, (answer) => {
      if (still()) subscriptionAnswered(watcher, answer);
    });
  }

  /** Runs within the answer's own event, so that no user event can come before its subscription is known. */
  function subscriptionAnswered(watcher: Watcher, answer: Answer): void {
    const id = answer.result?.subscriptionId;
    if (answer.status === 200 && typeof id === 'number') {
      subscribed.set(id, watcher);
      watcher.live();
      return;
    }
    const failed = {
      call: 'watchAccount',
      placement: false,
      answer: { status: Number(answer.status) || 0, headers: {}, body: JSON.stringify(answer.error ?? {}) },
    };
    const error = toExchangeError(new Error('refused'), failed);
    if (error.kind === 'ClockSkew') clock.invalidate();
    const refused = error.kind === 'AuthenticationFailed';
    log?.warn({ kind: error.kind, code: error.code, account: watcher.key.id }, 'user-data subscription refused');
    if (refused) watcher.refused(error);
    else watcher.down();
    later(
      refused ? RETRY_REFUSED_MS : RETRY_MS,
      () => watchers.has(watcher) && socket.isOpen() && void subscribe(watcher),
    );
  }

  function request(method: string, params: object, onAnswer: (answer: Answer) => void): void {
    const id = String(++lastId);
    waiting.set(id, onAnswer);
    if (!socket.send({ id, method, params })) waiting.delete(id);
    const mine = generation;
    later(ANSWER_MS, () => {
      if (mine === generation && waiting.has(id)) socket.restart('a request without an answer');
    });
  }

  function receive(message: unknown): void {
    const { subscriptionId, event, id } = message as {
      subscriptionId?: unknown;
      event?: { e?: unknown };
      id?: unknown;
    };
    if (event?.e === 'serverShutdown') return socket.restart('the server shuts down');
    if (event !== undefined) {
      const watcher = subscribed.get(Number(subscriptionId));
      if (watcher?.event(event) !== 'terminated') return;
      subscribed.delete(Number(subscriptionId));
      watcher.down();
      void subscribe(watcher);
      return;
    }
    const answered = typeof id === 'string' ? waiting.get(id) : undefined;
    if (!answered) return;
    waiting.delete(id as string);
    answered(message as Answer);
  }

  function later(ms: number, action: () => void): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      action();
    }, ms).unref();
    timers.add(timer);
  }

  return {
    add(watcher) {
      watchers.add(watcher);
      if (socket.isOpen()) void subscribe(watcher);
    },
    remove(watcher) {
      if (!watchers.delete(watcher)) return;
      for (const [id, owner] of subscribed) {
        if (owner !== watcher) continue;
        subscribed.delete(id);
        request('userDataStream.unsubscribe', { subscriptionId: id }, () => undefined);
      }
    },
    size: () => watchers.size,
    close() {
      generation += 1;
      for (const timer of timers) clearTimeout(timer);
      socket.close();
    },
  };
}
