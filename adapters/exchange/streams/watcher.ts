import type { ExchangeError } from '../errors.js';
import type { AccountEvent, AccountKey } from '../port.js';
import { readUserEvent, type UserEvent } from './accountEvents.js';
import { createContinuity } from './continuity.js';

/** One account's stream, whichever connection carries it. */
export interface Watcher {
  readonly key: AccountKey;
  readonly listeners: Set<(event: AccountEvent) => void>;
  /** Settles with the first subscription, or with its first failure: rejects only where the key itself was refused. */
  readonly firstAttempt: Promise<void>;
  isLive(): boolean;
  /** The exchange confirmed the subscription. */
  live(): void;
  /** The subscription is gone or could not be made. */
  down(): void;
  refused(error: ExchangeError): void;
  event(raw: unknown): 'terminated' | 'told';
  /** To be called a few times a second. @param resyncEveryMs how often to ask for a resynchronisation without a stream */
  look(resyncEveryMs: number): void;
}

/** How long a dead connection can go unnoticed at most, ms; see SocketTimes. */
const UNNOTICED_MS = 30_000;
/** How long whoever begins to watch waits for the stream before REST has to do, ms. */
const FIRST_ATTEMPT_MS = 10_000;
/** How long a change of balance may wait for the order event that explains it, ms. */
const EXPLANATION_MS = 1_000;
/** Suspicions that prove nothing must not cost a resynchronisation each, ms. */
const SUSPICION_EVERY_MS = 10_000;

export function createWatcher(key: AccountKey, symbolOfId: (id: string) => Promise<string>): Watcher {
  const listeners = new Set<(event: AccountEvent) => void>();
  const continuity = createContinuity();
  let isLive = false;
  let everDown = false;
  const born = Date.now();
  let goodUntil = Date.now(); // real time up to which nothing was missed
  let nextResync = 0;
  let suspectSince: number | null = null;
  let lastSuspicion = 0;
  let order: Promise<void> = Promise.resolve();
  let settle!: { resolve(): void; reject(error: Error): void };
  const firstAttempt = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  firstAttempt.catch(() => undefined); // refused after the caller has gone

  function tell(event: AccountEvent): void {
    for (const listener of listeners) listener(event);
  }

  /** While the stream is down `since` stays where it broke: an earlier resynchronisation may have failed. */
  function gap(): void {
    tell({ kind: 'gap', since: goodUntil });
    if (isLive) goodUntil = Date.now();
  }

  /** The symbol's name may have to be fetched: events keep their order all the same. */
  function tellOrder(event: Extract<UserEvent, { kind: 'order' }>, afterGap: boolean): void {
    order = order.then(async () => {
      const symbol = await symbolOfId(event.marketId).catch(() => null);
      if (symbol === null) return gap();
      const fill = event.fill && { ...event.fill, symbol };
      tell({ kind: 'order', report: { ...event.report, symbol }, fill });
      if (afterGap) gap();
    });
  }

  function suspect(): void {
    if (continuity.unexplained().length === 0) {
      suspectSince = null;
      return;
    }
    suspectSince ??= Date.now();
    if (Date.now() - suspectSince < EXPLANATION_MS) return;
    continuity.explainedOrGivenUp();
    suspectSince = null;
    if (Date.now() - lastSuspicion < SUSPICION_EVERY_MS) return;
    lastSuspicion = Date.now();
    gap();
  }

  return {
    key,
    listeners,
    firstAttempt,
    isLive: () => isLive,
    live() {
      isLive = true;
      settle.resolve();
      if (everDown) gap();
      everDown = false;
      goodUntil = Date.now();
    },
    down() {
      if (isLive) goodUntil = Math.max(goodUntil, Date.now() - UNNOTICED_MS);
      if (isLive || !everDown) nextResync = 0;
      isLive = false;
      everDown = true;
      settle.resolve();
    },
    refused(error) {
      isLive = false;
      everDown = true;
      settle.reject(error);
    },
    event(raw) {
      const event = readUserEvent(raw);
      if (event.kind === 'terminated') return 'terminated';
      const verdict = continuity.judge(event);
      if (verdict === 'duplicate') return 'told';
      if (event.kind === 'order') tellOrder(event, verdict === 'gap');
      else if (event.kind === 'balance') tell({ kind: 'balance', balances: event.balances });
      else if (event.kind === 'transfer' || event.kind === 'bad') gap();
      goodUntil = Date.now();
      return 'told';
    },
    look(resyncEveryMs) {
      if (isLive) return suspect();
      if (!everDown && Date.now() - born > FIRST_ATTEMPT_MS) this.down();
      if (!everDown || Date.now() < nextResync) return;
      // Jitter keeps a thousand accounts from asking in the same second.
      nextResync = Date.now() + resyncEveryMs * (0.8 + Math.random() * 0.4);
      gap();
    },
  };
}
