import { createHash } from 'node:crypto';
import type { ChannelName } from '../../trading/types.js';
import { ChannelFailure, type Channel, type Destination } from './channel.js';

/** What a service bears from us for one destination: `burst` at once, then one every `everyMs`; calls under way at a time. */
export interface Pace {
  burst: number;
  everyMs: number;
  inFlight: number;
}

/** Discord: 5 in 2 s and 30 in a minute for a webhook. Telegram: about one a second for a chat. SMTP: our own manners. */
export const PACES = {
  dashboard: { burst: 1_000, everyMs: 0, inFlight: 1_000 },
  email: { burst: 20, everyMs: 500, inFlight: 10 },
  discord: { burst: 5, everyMs: 2_000, inFlight: 10 },
  telegram: { burst: 5, everyMs: 1_000, inFlight: 10 },
} satisfies Record<ChannelName, Pace>;

/**
 * A channel that keeps its pace. Where there is no room it fails at once with the time to wait, so that a service that
 * hangs holds a bounded number of calls and no other channel's. Urgent messages pass both limits.
 */
export function paced(channel: Channel, pace: Pace = PACES[channel.name], now: () => number = Date.now): Channel {
  const buckets = new Map<string, { tokens: number; at: number }>();
  let underWay = 0;
  return {
    name: channel.name,
    async send(outgoing, destination) {
      if (!outgoing.urgent) take(destination);
      underWay += 1;
      try {
        return await channel.send(outgoing, destination);
      } finally {
        underWay -= 1;
      }
    },
    close: () => channel.close(),
  };

  function take(destination: Destination): void {
    if (underWay >= pace.inFlight) throw new ChannelFailure('too many messages are under way', { retryAfterMs: 2_000 });
    if (pace.everyMs === 0) return;
    const key = keyOf(destination);
    const bucket = buckets.get(key) ?? { tokens: pace.burst, at: now() };
    const tokens = Math.min(pace.burst, bucket.tokens + (now() - bucket.at) / pace.everyMs);
    if (buckets.size > 10_000) buckets.clear(); // a bucket that is forgotten is a full one
    if (tokens < 1) {
      buckets.set(key, { tokens, at: now() });
      throw new ChannelFailure('the service takes no more just now', {
        retryAfterMs: Math.ceil((1 - tokens) * pace.everyMs),
      });
    }
    buckets.set(key, { tokens: tokens - 1, at: now() });
  }
}

/** Destinations are secrets; their hash tells them apart just as well. */
function keyOf(destination: Destination): string {
  return createHash('sha256').update(JSON.stringify(destination)).digest('base64');
}
