/** How many workflow tasks are under way at once. */
import type { CustomSlotSupplier, SlotPermit, WorkflowSlotInfo } from '@temporalio/worker';

export interface SlotLimits {
  most: number;
  /** Where the processors have no room; not above `most`. */
  whenBusy: number;
  /** Of workflows that are not in memory, the first tasks of new ones among them. */
  cold: number;
}

/** Who waits is looked at this often, ms. */
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
  const waiting = new Set<Waiting>(); // in the order in which they came
  let timer: NodeJS.Timeout | undefined;

  const mayBegin = (cold: boolean): boolean => {
    if (cold && taken.cold >= limits.cold) return false;
    const all = taken.warm + taken.cold;
    return all < limits.whenBusy || (all < limits.most && !isBusy());
  };
  function take(cold: boolean): Permit {
    taken[cold ? 'cold' : 'warm'] += 1;
    return { cold };
  }
  /** Whoever may begin now does; the others are looked at again, for a processor tells nobody that it has room. */
  function goOn(): void {
    for (const one of [...waiting])
      if (mayBegin(one.cold)) {
        waiting.delete(one);
        one.resolve(take(one.cold));
      }
    clearTimeout(timer);
    if (waiting.size > 0) timer = setTimeout(goOn, LOOK_MS).unref();
  }

  return {
    type: 'custom',
    reserveSlot({ isSticky }, abortSignal) {
      return new Promise<Permit>((resolve, reject) => {
        const one = { cold: !isSticky, resolve };
        abortSignal.addEventListener('abort', () => {
          waiting.delete(one);
          reject(abortSignal.reason as Error);
        });
        waiting.add(one);
        goOn();
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
