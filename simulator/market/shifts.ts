import type { PriceShift } from './source.js';

export interface ShiftStep {
  at: number;
  before: number;
  after: number;
  continuous: boolean;
}

/** The price shifts of all symbols as factors over market time. */
export function createShifts() {
  const steps = new Map<string, ShiftStep[]>();
  const known = new Map<string, PriceShift[]>();

  function rebuild(symbol: string): void {
    const shifts = known.get(symbol) ?? [];
    const active = (t: number) =>
      shifts.reduce(
        (product, one) => (one.at <= t && (one.until === undefined || t < one.until) ? product * one.factor : product),
        1,
      );
    const edges = shifts
      .flatMap((one) => [
        { at: one.at, continuous: one.continuous },
        ...(one.until === undefined ? [] : [{ at: one.until, continuous: one.continuous }]),
      ])
      .sort((a, b) => a.at - b.at);
    let before = 1;
    const list: ShiftStep[] = [];
    for (const edge of edges) {
      const after = active(edge.at);
      if (list.at(-1)?.at === edge.at) continue;
      list.push({ at: edge.at, before, after, continuous: edge.continuous });
      before = after;
    }
    steps.set(symbol, list);
  }

  /** Index of the last step at or before `t`, -1 when there is none. */
  function last(list: ShiftStep[], t: number): number {
    let low = -1;
    let high = list.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((list[middle] as ShiftStep).at <= t) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  return {
    add(shift: PriceShift): void {
      known.set(shift.symbol, [...(known.get(shift.symbol) ?? []), shift]);
      rebuild(shift.symbol);
    },
    any: (symbol: string) => steps.has(symbol),
    factorAt(symbol: string, t: number): number {
      const list = steps.get(symbol);
      if (!list) return 1;
      return list[last(list, t)]?.after ?? 1;
    },
    /** The factor that held before any step at `t` itself. */
    factorBefore(symbol: string, t: number): number {
      const list = steps.get(symbol);
      if (!list) return 1;
      const step = list[last(list, t)];
      return step?.at === t ? step.before : (step?.after ?? 1);
    },
    /** Steps in (from, to]. */
    between(symbol: string, from: number, to: number): ShiftStep[] {
      const list = steps.get(symbol);
      if (!list || list.length === 0) return [];
      return list.slice(last(list, from) + 1, last(list, to) + 1);
    },
    /** Whether a step lies in [from, to). */
    touches(symbol: string, from: number, to: number): boolean {
      const list = steps.get(symbol);
      if (!list) return false;
      return last(list, to - 0.001) !== last(list, from - 0.001);
    },
  };
}
