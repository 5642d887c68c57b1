import type { LogEntry } from '../api/types.js';

const CAPACITY = 20_000;

/**
 * The newest log lines of this visit, newest first, outside React: a table reads them by index and renders only the
 * rows in sight, however many arrive.
 */
let entries: LogEntry[] = [];
let known = new Set<string>();
const listeners = new Set<() => void>();

export const logEntries = () => entries;
export const subscribeLogs = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** Adds lines that are not there yet and keeps the order by time; beyond 20,000 the oldest go. */
export function addLogs(added: readonly LogEntry[]): void {
  const fresh = added.filter(({ id }) => !known.has(id));
  if (fresh.length === 0) return;
  for (const { id } of fresh) known.add(id);
  const newestFirst = (a: LogEntry, b: LogEntry) =>
    a.timestamp === b.timestamp ? (a.id < b.id ? 1 : -1) : a.timestamp < b.timestamp ? 1 : -1;
  fresh.sort(newestFirst);
  const inOrder = entries.length === 0 || newestFirst(fresh[fresh.length - 1]!, entries[0]!) < 0;
  entries = inOrder ? [...fresh, ...entries] : [...fresh, ...entries].sort(newestFirst);
  for (const { id } of entries.splice(CAPACITY)) known.delete(id);
  for (const listener of listeners) listener();
}

export function clearLogs(): void {
  entries = [];
  known = new Set();
  for (const listener of listeners) listener();
}
