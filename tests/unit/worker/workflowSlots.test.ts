import fc from 'fast-check';
import type { SlotPermit, SlotReserveContext } from '@temporalio/worker';
import { createWorkflowSlots } from '../../../worker/workflowSlots.js';

const LIMITS = { most: 8, whenBusy: 4, cold: 2 };
const context = (isSticky: boolean): SlotReserveContext => ({
  slotType: 'workflow',
  taskQueue: 'trading',
  workerIdentity: 'w',
  workerBuildId: '',
  isSticky,
});

function lab(busy = false) {
  let isBusy = busy;
  const slots = createWorkflowSlots(LIMITS, () => isBusy);
  const never = new AbortController().signal;
  /** What a reservation has brought so far. */
  const reserve = (isSticky: boolean, signal = never) => {
    const one: { permit?: SlotPermit; error?: unknown } = {};
    slots.reserveSlot(context(isSticky), signal).then(
      (permit) => void (one.permit = permit),
      (error: unknown) => void (one.error = error),
    );
    return one;
  };
  return { slots, reserve, setBusy: (to: boolean) => void (isBusy = to) };
}
const settled = (): Promise<void> => new Promise((next) => setImmediate(next));

describe('slots of workflow tasks', () => {
  test('let few workflows be read from their histories at once, and others go on beside them', async () => {
    const { slots, reserve } = lab();
    const cold = [reserve(false), reserve(false), reserve(false)];
    const warm = [reserve(true), reserve(true)];
    await settled();
    expect(cold.map(({ permit }) => permit !== undefined)).toEqual([true, true, false]);
    expect(warm.every(({ permit }) => permit !== undefined)).toBe(true);
    slots.releaseSlot({ permit: warm[0]!.permit! });
    await settled();
    expect(cold[2]!.permit).toBeUndefined();
    slots.releaseSlot({ permit: cold[0]!.permit! });
    await settled();
    expect(cold[2]!.permit).toBeDefined();
  });

  test('are fewer where the processors have no room, until they have', async () => {
    const { reserve, setBusy } = lab(true);
    const warm = Array.from({ length: 5 }, () => reserve(true));
    await settled();
    expect(warm.filter(({ permit }) => permit)).toHaveLength(4);
    setBusy(false);
    while (!warm[4]!.permit) await settled();
  });

  test('forget who no longer waits', async () => {
    const { slots, reserve } = lab();
    const taken = [reserve(false), reserve(false)];
    const gone = new AbortController();
    const given = reserve(false, gone.signal);
    const next = reserve(false);
    await settled();
    gone.abort(new Error('no longer needed'));
    await settled();
    expect(given.error).toEqual(new Error('no longer needed'));
    slots.releaseSlot({ permit: taken[0]!.permit! });
    await settled();
    expect(given.permit).toBeUndefined();
    expect(next.permit).toBeDefined();
  });

  test('are never more than allowed, and nobody is left waiting while there is room, whatever comes and goes', async () => {
    const steps = fc.array(fc.tuple(fc.boolean(), fc.boolean(), fc.nat(20)), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const { slots, reserve } = lab();
        const asked: { one: ReturnType<typeof reserve>; cold: boolean; over: boolean }[] = [];
        const held = (cold?: boolean) =>
          asked.filter(({ one, over, cold: its }) => one.permit && !over && (cold === undefined || its === cold));
        for (const [isSticky, ends, pick] of all) {
          asked.push({ one: reserve(isSticky), cold: !isSticky, over: false });
          await settled();
          const open = held();
          if (ends && open.length > 0) {
            const one = open[pick % open.length]!;
            one.over = true;
            slots.releaseSlot({ permit: one.one.permit! });
            await settled();
          }
          expect(held().length).toBeLessThanOrEqual(LIMITS.most);
          expect(held(true).length).toBeLessThanOrEqual(LIMITS.cold);
          const waits = asked.filter(({ one }) => !one.permit);
          if (held().length < LIMITS.most) expect(waits.filter(({ cold }) => !cold)).toEqual([]);
          if (held().length < LIMITS.most && held(true).length < LIMITS.cold) expect(waits).toEqual([]);
        }
      }),
      { numRuns: 40 },
    );
  });
});
