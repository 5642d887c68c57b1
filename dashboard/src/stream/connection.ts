import { sessionEnded } from '../api/client.js';
import { createParser, type ServerEvent } from './parser.js';

export type StreamState = 'connecting' | 'live' | 'reconnecting';

interface Listener {
  onEvent(event: ServerEvent): void;
  onState(state: StreamState): void;
}

const SILENCE_MS = 40_000;
const LONGEST_WAIT_MS = 5_000;

/**
 * Holds one /api/stream open until `signal` aborts: reconnects with growing waits, at once when the network comes
 * back, and asks for what it missed with Last-Event-ID. fetch instead of EventSource, which gives up for good on an
 * HTTP error and cannot carry a last id over to another tab.
 */
export async function holdStream(lastEventId: () => string | null, listener: Listener, signal: AbortSignal) {
  let failures = 0;
  while (!signal.aborted) {
    listener.onState(failures === 0 && lastEventId() === null ? 'connecting' : 'reconnecting');
    const attempt = new AbortController();
    const stop = () => attempt.abort();
    signal.addEventListener('abort', stop);
    window.addEventListener('offline', stop);
    try {
      await readStream(lastEventId(), attempt, listener, () => (failures = 0));
    } catch {
      // Any failure has the same answer: wait and connect again.
    }
    window.removeEventListener('offline', stop);
    signal.removeEventListener('abort', stop);
    if (signal.aborted) return;
    listener.onState('reconnecting');
    await pause(Math.min(LONGEST_WAIT_MS, 300 * 2 ** failures++), signal);
  }
}

async function readStream(lastId: string | null, attempt: AbortController, listener: Listener, opened: () => void) {
  const headers: Record<string, string> = { accept: 'text/event-stream' };
  if (lastId !== null) headers['last-event-id'] = lastId;
  let watchdog = window.setTimeout(() => attempt.abort(), SILENCE_MS);
  try {
    const response = await fetch('/api/stream', { headers, signal: attempt.signal, cache: 'no-store' });
    if (response.status === 401) sessionEnded();
    if (!response.ok || !response.body) throw new Error(`stream answered ${response.status}`);
    opened();
    listener.onState('live');
    const parse = createParser(listener.onEvent);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      window.clearTimeout(watchdog);
      watchdog = window.setTimeout(() => attempt.abort(), SILENCE_MS);
      parse(value);
    }
  } finally {
    window.clearTimeout(watchdog);
    attempt.abort();
  }
}

/** Waits `ms`, less when the network returns or `signal` aborts. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      window.clearTimeout(timer);
      window.removeEventListener('online', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = window.setTimeout(done, ms);
    window.addEventListener('online', done);
    signal.addEventListener('abort', done);
  });
}
