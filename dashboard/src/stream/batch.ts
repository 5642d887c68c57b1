import type { ServerEvent } from './parser.js';

const PACE_MS = 80;
const GATHER_MS = 10;
/** What a trader waits for: drawn before the lines, figures and prices that it sets off. */
const AT_ONCE: ReadonlySet<string> = new Set(['trade']);

/**
 * Tells at once what comes after a pause, and every 80 ms what comes on, so that hundreds a second cost a dozen renders.
 * A trade is told before what waits with it, which follows at most one pace later; many are paced as the others are.
 * Events of one kind keep their order.
 */
export function createBatch(flush: (events: ServerEvent[]) => void): (event: ServerEvent) => void {
  let waiting: ServerEvent[] = [];
  let urgent: ServerEvent[] = [];
  let due: ReturnType<typeof setTimeout> | undefined;
  let yielded = false;
  let flushedAt = 0;
  let urgentAt = 0;
  const tell = (events: ServerEvent[]) => {
    flushedAt = Date.now();
    flush(events);
  };
  const tellWaiting = () => {
    const events = waiting;
    waiting = [];
    due = undefined;
    yielded = false;
    tell(events);
  };
  const tellUrgent = () => {
    const events = urgent;
    urgent = [];
    urgentAt = Date.now();
    if (due !== undefined && !yielded) {
      clearTimeout(due);
      due = setTimeout(tellWaiting, PACE_MS);
      yielded = true;
    }
    tell(events);
  };
  return (event) => {
    if (AT_ONCE.has(event.event)) {
      if (urgent.push(event) === 1) setTimeout(tellUrgent, Math.max(0, urgentAt + PACE_MS - Date.now()));
      return;
    }
    waiting.push(event);
    due ??= setTimeout(tellWaiting, Math.max(GATHER_MS, flushedAt + PACE_MS - Date.now()));
  };
}
