/** One read of the exchange for everyone who asks the same, and the last answer for those who ask while none comes. */
import { putLatest } from '../../adapters/latest.js';
import { soonOr } from '../../adapters/within.js';
import { unavailable } from '../http/problem.js';

export interface SharedReadOptions {
  /** How long an answer is asked for by nobody else, ms. */
  keepMs: number;
  /** How long one waits for a new answer where an older one is known, ms. */
  patienceMs: number;
  /** And where none is: then whoever asks again joins the read that is still under way, ms. */
  firstPatienceMs: number;
  /** How old an answer may become that is given in place of one that fails or does not come, ms. */
  usableMs: number;
  /** How long a failure holds for everyone, so that many who ask again and again cost one attempt, ms. */
  failureMs: number;
  /** How many answers are kept; the one that was asked for longest ago goes first. */
  most: number;
  /** Real time, ms. */
  now?: () => number;
}

export interface SharedAnswer<T> {
  value: T;
  /** When it was asked for, ms of real time. */
  at: number;
}

export interface SharedReads<T> {
  /**
   * @param work is given the last answer, which it may continue
   * @param keepMs in place of the options' own
   * @throws the error of `work`, or that the exchange does not answer, where no usable answer is known
   */
  read(key: string, work: (last: T | undefined) => Promise<T>, keepMs?: number): Promise<SharedAnswer<T>>;
  /** The last answer, however old. */
  last(key: string): SharedAnswer<T> | undefined;
  /** How many keys were asked for in the last `ms`. */
  asked(ms: number): number;
}

interface Entry<T> {
  known: SharedAnswer<T> | undefined;
  running: Promise<SharedAnswer<T>> | undefined;
  failure: { error: unknown; at: number } | undefined;
  askedAt: number;
}

export function createSharedReads<T>(options: SharedReadOptions): SharedReads<T> {
  const { now = Date.now, patienceMs, firstPatienceMs, usableMs, failureMs, most } = options;
  const entries = new Map<string, Entry<T>>();

  function entryOf(key: string): Entry<T> {
    const entry = entries.get(key) ?? { known: undefined, running: undefined, failure: undefined, askedAt: 0 };
    putLatest(entries, key, entry, most);
    entry.askedAt = now();
    return entry;
  }

  /** Joins the read that is under way, or begins one unless the last has just failed. */
  function fresh(entry: Entry<T>, work: (last: T | undefined) => Promise<T>): Promise<SharedAnswer<T>> {
    if (entry.running) return entry.running;
    if (entry.failure && now() - entry.failure.at < failureMs) return Promise.reject(entry.failure.error);
    const at = now();
    const running = Promise.resolve()
      .then(() => work(entry.known?.value))
      .then(
        (value) => {
          entry.failure = undefined;
          return (entry.known = { value, at });
        },
        (error: unknown) => {
          entry.failure = { error, at: now() };
          throw error;
        },
      )
      .finally(() => (entry.running = undefined));
    entry.running = running;
    running.catch(() => undefined); // whoever waits is told; the others have the last answer
    return running;
  }

  return {
    async read(key, work, keepMs = options.keepMs) {
      const entry = entryOf(key);
      const { known } = entry;
      if (known && now() - known.at < keepMs) return known;
      const next = fresh(entry, work);
      if (known && now() - known.at <= usableMs) return soonOr(next, patienceMs, known);
      const outcome = await soonOr(
        next.catch((error: unknown) => ({ error })),
        firstPatienceMs,
        null,
      );
      if (outcome === null) throw unavailable('EXCHANGE_UNAVAILABLE', 'The exchange does not answer.');
      if ('error' in outcome) throw outcome.error;
      return outcome;
    },
    last: (key) => entries.get(key)?.known,
    asked: (ms) => [...entries.values()].filter(({ askedAt }) => now() - askedAt < ms).length,
  };
}
