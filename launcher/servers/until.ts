import { pause } from '../processes.js';

/** Repeats `attempt` until it succeeds; when the signal aborts, throws what the last attempt said. */
export async function until<T>(attempt: () => Promise<T>, signal: AbortSignal, every = 25): Promise<T> {
  let last: unknown = new Error('not tried');
  while (!signal.aborted) {
    try {
      return await attempt();
    } catch (error) {
      last = error;
      await pause(every);
    }
  }
  throw last;
}
