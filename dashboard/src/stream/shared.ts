import { createBatch } from './batch.js';
import { holdStream, type StreamState } from './connection.js';
import type { ServerEvent } from './parser.js';

type Message = { kind: 'event'; event: ServerEvent } | { kind: 'state'; state: StreamState } | { kind: 'ask' };

/**
 * One stream for all of a user's tabs. Browsers allow six connections per host over HTTP/1.1, so a seventh tab with a
 * stream of its own would hang. The tab that holds the lock reads the stream and relays it; when it closes, the
 * browser gives the lock to the next, which goes on from the last id it saw. Without the Web Locks API (plain HTTP on
 * a foreign address) each tab reads for itself.
 */
export function shareStream(
  userId: string,
  onEvents: (events: ServerEvent[]) => void,
  onState: (state: StreamState) => void,
): () => void {
  const ended = new AbortController();
  const name = `stream ${userId}`;
  let lastId: string | null = null;
  let state: StreamState = 'connecting';
  const batch = createBatch(onEvents);
  const take = (event: ServerEvent) => {
    if (event.id !== null) lastId = event.id;
    batch(event);
  };
  const tell = (next: StreamState) => onState((state = next));

  if (!navigator.locks || typeof BroadcastChannel === 'undefined') {
    void holdStream(() => lastId, { onEvent: take, onState: tell }, ended.signal);
    return () => ended.abort();
  }
  const channel = new BroadcastChannel(name);
  let leading = false;
  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    if (data.kind === 'ask') {
      if (leading) channel.postMessage({ kind: 'state', state } satisfies Message);
    } else if (data.kind === 'event') take(data.event);
    else tell(data.state);
  };
  channel.postMessage({ kind: 'ask' } satisfies Message);
  const lead = async () => {
    leading = true;
    const onEvent = (event: ServerEvent) => {
      take(event);
      channel.postMessage({ kind: 'event', event } satisfies Message);
    };
    const relayState = (next: StreamState) => {
      tell(next);
      if (!ended.signal.aborted) channel.postMessage({ kind: 'state', state: next } satisfies Message);
    };
    await holdStream(() => lastId, { onEvent, onState: relayState }, ended.signal);
  };
  navigator.locks.request(name, { signal: ended.signal }, lead).catch(() => undefined);
  return () => {
    ended.abort();
    channel.close();
  };
}
