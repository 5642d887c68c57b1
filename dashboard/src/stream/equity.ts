import { useMemo, useSyncExternalStore } from 'react';
import type { EquityPoint } from '../api/types.js';

const CAPACITY = 5_000;
let points: EquityPoint[] = [];
const listeners = new Set<() => void>();

/** Equity snapshots that the stream brought during this visit, oldest first. */
export function addEquity(added: readonly EquityPoint[]): void {
  const last = points[points.length - 1]?.timestamp ?? '';
  points = [...points, ...added.filter(({ timestamp }) => timestamp > last)].slice(-CAPACITY);
  for (const listener of listeners) listener();
}

export function clearEquity(): void {
  points = [];
  for (const listener of listeners) listener();
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** `history` (oldest first) continued by what the stream brought since. */
export function useLiveEquity(history: readonly EquityPoint[] | undefined): EquityPoint[] {
  const live = useSyncExternalStore(subscribe, () => points);
  const last = history?.[history.length - 1]?.timestamp ?? '';
  return useMemo(
    () => [...(history ?? []), ...live.filter(({ timestamp }) => timestamp > last)],
    [history, live, last],
  );
}
