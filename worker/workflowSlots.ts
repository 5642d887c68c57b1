/** How many workflow tasks are under way at once. */
import type { CustomSlotSupplier, SlotPermit, WorkflowSlotInfo } from '@temporalio/worker';

export interface SlotLimits {
  most: number;
  /** Where the processors have no room; not above `most`. */
  whenBusy: number;
  /** Of workflows that are not in memory, the first tasks of new ones among them. */
  cold: number;
}

/** Whether the processors have room again is looked at this often, ms. */
const LOOK_MS = 50;

interface Permit extends SlotPermit {
  cold: boolean;
}
interface Waiting {
  cold: boolean;
  resolve(permit: Permit): void;
}

/**
 * A workflow that is not in memory goes through its whole history first, up to half a second of a processor, and its task
 * has five. Where all that were in memory come at once (a worker that stood still for seconds, or has just taken over),
 * each is late, begun again, and none is ever through: so only some of them are under way, and the others wait in Temporal's
 * queue, where waiting costs nothing. They come by the normal queue, those in memory by the worker's own ("sticky").
 */
export function createWorkflowSlots(limits: SlotLimits, isBusy: () => boolean): CustomSlotSupplier<WorkflowSlotInfo> {
  const taken = { warm: 0, cold: 0 };
  const waiting: Waiting[] = [];

  const mayBegin = (cold: boolean): boolean => {
    if (cold && taken.cold >= limits.cold) return false;
    const all = taken.warm + taken.cold;
    return all < limits.whenBusy || (all < limits.most && !isBusy());
  };
  function take(cold: boolean): Permit {
    taken[cold ? 'cold' : 'warm'] += 1;
    return { cold };
  }
  function goOn(): void {
    for (let index = 0; index < waiting.length; ) {
      const { cold, resolve } = waiting[index]!;
      if (!mayBegin(cold)) index += 1;
      else {
        waiting.splice(index, 1);
        resolve(take(cold));
      }
    }
  }
  setInterval(goOn, LOOK_MS).unref();

  return {
    type: 'custom',
    reserveSlot({ isSticky }, abortSignal) {
      if (mayBegin(!isSticky)) return Promise.resolve(take(!isSticky));
      return new Promise<Permit>((resolve, reject) => {
        const one = { cold: !isSticky, resolve };
        waiting.push(one);
        abortSignal.addEventListener('abort', () => {
          const index = waiting.indexOf(one);
          if (index >= 0) waiting.splice(index, 1);
          reject(abortSignal.reason as Error);
        });
      });
    },
    tryReserveSlot: ({ isSticky }) => (mayBegin(!isSticky) ? take(!isSticky) : null),
    markSlotUsed: () => undefined,
    releaseSlot({ permit }) {
      taken[(permit as Permit).cold ? 'cold' : 'warm'] -= 1;
      goOn();
    },
  };
}
