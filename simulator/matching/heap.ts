import type { Order } from '../ledger/types.js';
import { isOpen } from '../ledger/types.js';

interface Entry {
  key: number;
  sequence: number;
  order: Order;
}

/**
 * Resting orders of one symbol and direction, the next to be reached on top. Cancelled ones are dropped when they come
 * up, or all at once when they outnumber the living: cost stays logarithmic with thousands of resting orders.
 * @param sign 1 = the lowest key first (reached by a rising price), -1 = the highest first
 */
export function createTriggerHeap(sign: 1 | -1, waits: (order: Order) => boolean = isOpen) {
  let entries: Entry[] = [];
  let dead = 0;
  let counter = 0;
  const before = (a: Entry, b: Entry) => (a.key === b.key ? a.sequence < b.sequence : (a.key - b.key) * sign < 0);

  function up(i: number): void {
    const entry = entries[i] as Entry;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!before(entry, entries[parent] as Entry)) break;
      entries[i] = entries[parent] as Entry;
      i = parent;
    }
    entries[i] = entry;
  }
  function down(i: number): void {
    const entry = entries[i] as Entry;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= entries.length) break;
      if (child + 1 < entries.length && before(entries[child + 1] as Entry, entries[child] as Entry)) child++;
      if (!before(entries[child] as Entry, entry)) break;
      entries[i] = entries[child] as Entry;
      i = child;
    }
    entries[i] = entry;
  }
  function pop(): void {
    const last = entries.pop() as Entry;
    if (entries.length > 0) {
      entries[0] = last;
      down(0);
    }
  }
  function compact(): void {
    entries = entries.filter((entry) => waits(entry.order)).sort((a, b) => (before(a, b) ? -1 : 1));
    dead = 0;
  }

  return {
    add(key: number, order: Order): void {
      entries.push({ key, sequence: counter++, order });
      up(entries.length - 1);
    },
    /** The next waiting order and its price; undefined when none waits. */
    peek(): { key: number; order: Order } | undefined {
      while (entries.length > 0 && !waits((entries[0] as Entry).order)) {
        pop();
        dead = Math.max(0, dead - 1);
      }
      return entries[0];
    },
    pop,
    /** Says that an order in here was cancelled. */
    forget(): void {
      dead++;
      if (dead > 64 && dead * 2 > entries.length) compact();
    },
    size: () => entries.length,
  };
}
export type TriggerHeap = ReturnType<typeof createTriggerHeap>;
