/** What the receivers took against what was told: lost, doubled, late. Pure. */
import { summarize, type Summary } from '../chaos/statistics.js';

export const PUSHED = ['email', 'discord', 'telegram'] as const;
export type Pushed = (typeof PUSHED)[number];

export interface Told {
  eventId: string;
  userId: string;
  /** Real ms. */
  at: number;
  /** One of a burst that is gathered into digests. */
  gathered: boolean;
  /** How each channel ended, by the database. */
  outcomes: Partial<Record<Pushed, string>>;
}

export interface Accepted {
  channel: Pushed;
  userId: string;
  /** The event's id as the message carries it; a digest's `digest-<first>-<count>`. */
  id: string;
  at: number;
  /** False where the service took it and its answer was withheld. */
  acknowledged: boolean;
  /** The message says itself that it may repeat an earlier one. */
  marked: boolean;
}

/** A stretch in which a channel misbehaved, real ms. */
export interface Outage {
  channel: Pushed;
  from: number;
  to: number;
}

export interface Judgement {
  told: number;
  expected: number;
  arrived: number;
  /** Deliveries that no receiver saw, or whose end the database does not know as delivered. */
  lost: string[];
  /** Messages that came again under the same id, by why: the worker died, or the service's answer was withheld. */
  repeats: { afterKill: number; afterWithheldAnswer: number; marked: number; markable: number };
  /** Came again though nothing had happened. */
  unexplained: string[];
  /** Later than allowed after the telling or the channel's return, whichever came last; a kill excuses nothing. */
  late: string[];
  /** From the telling, or from the channel's return where that was later, to acceptance, ms. */
  delay: Record<Pushed, Summary>;
  /** Kills that struck while something was under way: told, its channel well, and not accepted yet. */
  struck: number;
  digests: number;
}

export const LATEST_MS = 30_000;
/** From a service's acceptance to our note of it, at most, on a busy machine. */
const NOTE_MS = 5_000;
/** What a process had sent before it died is taken so much later at most: receivers share the busy machine. */
const LAST_WORDS_MS = 1_000;

export function judge(
  told: readonly Told[],
  accepted: readonly Accepted[],
  outages: readonly Outage[],
  kills: readonly number[],
): Judgement {
  const byKey = groupBy(accepted, ({ channel, id }) => `${channel} ${id}`);
  const delays: Record<Pushed, number[]> = { email: [], discord: [], telegram: [] };
  const struck = new Set<number>();
  const found: Judgement = {
    told: told.length,
    expected: told.length * PUSHED.length,
    arrived: 0,
    lost: [],
    repeats: { afterKill: 0, afterWithheldAnswer: 0, marked: 0, markable: 0 },
    unexplained: [],
    late: [],
    delay: { email: summarize([]), discord: summarize([]), telegram: summarize([]) },
    struck: 0,
    digests: new Set(accepted.filter(({ id }) => id.startsWith('digest-')).map(({ channel, id }) => channel + id)).size,
  };
  for (const event of told) for (const channel of PUSHED) judgeOne(event, channel);
  for (const group of byKey.values()) judgeRepeats(group);
  judgeDigests();
  for (const channel of PUSHED) found.delay[channel] = summarize(delays[channel]);
  found.struck = struck.size;
  return found;

  function judgeOne(event: Told, channel: Pushed): void {
    const outcome = event.outcomes[channel] ?? 'unknown';
    if (outcome !== 'delivered') return void found.lost.push(`${event.eventId} by ${channel}: ${outcome}`);
    const first = byKey.get(`${channel} ${event.eventId}`)?.[0];
    if (!first) {
      // A digest names only its first event; `judgeDigests` counts the others.
      if (!event.gathered) found.lost.push(`${event.eventId} by ${channel}: no receiver saw it`);
      return;
    }
    found.arrived += 1;
    if (event.gathered) return;
    const back = outages
      .filter((outage) => outage.channel === channel && outage.from < first.at && outage.to > event.at)
      .map(({ to }) => Math.min(to, first.at));
    const since = Math.max(event.at, ...back);
    const delay = first.at - since;
    for (const kill of kills) if (kill >= since && kill <= first.at) struck.add(kill);
    delays[channel].push(delay);
    if (delay > LATEST_MS) found.late.push(`${event.eventId} by ${channel}: ${(delay / 1000).toFixed(1)} s`);
  }

  function judgeRepeats(group: readonly Accepted[]): void {
    for (const [i, again] of group.entries()) {
      const before = group[i - 1];
      if (!before) continue;
      const killed = kills.some((at) => at >= before.at - LAST_WORDS_MS && at <= before.at + NOTE_MS && at < again.at);
      if (!before.acknowledged) found.repeats.afterWithheldAnswer += 1;
      else if (killed) found.repeats.afterKill += 1;
      else found.unexplained.push(`${again.id} by ${again.channel}, ${again.at - before.at} ms after the first`);
      if (again.channel === 'email') continue; // the Message-ID is its mark
      found.repeats.markable += 1;
      if (again.marked) found.repeats.marked += 1;
    }
  }

  /** All that was gathered for a user is in digests of different ids, and in them once. */
  function judgeDigests(): void {
    const gathered = groupBy(
      told.filter((event) => event.gathered),
      ({ userId }) => userId,
    );
    for (const [userId, events] of gathered)
      for (const channel of PUSHED) {
        const ids = new Set(
          accepted.filter((one) => one.userId === userId && one.channel === channel).map(({ id }) => id),
        );
        const count = [...ids].reduce(
          (sum, id) => sum + (/^digest-.*-(\d+)$/.exec(id) ? Number(/(\d+)$/.exec(id)?.[1]) : 1),
          0,
        );
        const alone = events.filter(({ eventId }) => ids.has(eventId)).length;
        found.arrived += Math.min(count, events.length) - alone;
        if (count !== events.length)
          found.lost.push(`${userId} by ${channel}: ${count} of ${events.length} events of bursts`);
      }
  }
}

function groupBy<T>(values: readonly T[], keyOf: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}
