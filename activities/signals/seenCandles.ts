/** Signals this worker has recorded lately, so that an unchanged candle costs no database call. Bounded. */
export interface SeenCandles {
  has(signalId: string): boolean;
  add(signalId: string): void;
}

export function createSeenCandles(capacity = 20_000): SeenCandles {
  const ids = new Set<string>();
  return {
    has: (signalId) => ids.has(signalId),
    add(signalId) {
      ids.add(signalId);
      if (ids.size > capacity) ids.delete(ids.values().next().value!);
    },
  };
}
