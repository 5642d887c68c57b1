import { createCycleReads } from '../../../activities/cycleReads.js';
import type { Repositories } from '../../../adapters/database/repositories.js';

/** Answers that count how often they were asked for. */
function countingRepositories() {
  const asked = { config: 0, positions: 0, fleet: 0 };
  const repositories = {
    config: { get: async (userId: string) => (userId === 'nobody' ? null : { userId, version: ++asked.config }) },
    positions: { open: async () => [{ id: `p${++asked.positions}` }] },
    flags: { fleet: async () => ({ halted: false, epoch: ++asked.fleet }) },
  } as unknown as Repositories;
  return { asked, repositories };
}

describe('what the steps of one cycle read', () => {
  test('is read once for all of them', async () => {
    const { asked, repositories } = countingRepositories();
    const reads = createCycleReads(repositories, () => 0);
    const step = { userId: 'u', cycle: 7 };
    const begun = await reads.begin(step);
    expect(await reads.settings(step)).toBe(begun);
    expect(await reads.positions(step)).toBe(await reads.positions(step));
    expect(asked).toEqual({ config: 1, positions: 1, fleet: 0 });
  });

  test('is read anew by the next cycle, by another user, after the checks, and when a step came late', async () => {
    const { asked, repositories } = countingRepositories();
    let now = 0;
    const reads = createCycleReads(repositories, () => now);
    await reads.begin({ userId: 'u', cycle: 1 });
    await reads.settings({ userId: 'u', cycle: 2 });
    await reads.settings({ userId: 'v', cycle: 1 });
    expect(asked.config).toBe(3);
    await reads.positions({ userId: 'u', cycle: 1 });
    reads.checked({ userId: 'u', cycle: 1 }, true);
    await reads.positions({ userId: 'u', cycle: 1 });
    expect(asked.positions).toBe(2);
    await reads.begin({ userId: 'u', cycle: 3 });
    now = 5_000;
    await reads.settings({ userId: 'u', cycle: 3 });
    expect(asked.config).toBe(5);
  });

  test('is kept for a look behind the checks of the same cycle, where no outcome was open', async () => {
    const { asked, repositories } = countingRepositories();
    let now = 0;
    const reads = createCycleReads(repositories, () => now);
    const step = { userId: 'u', cycle: 1 };
    await reads.begin(step);
    const held = await reads.positions(step);
    expect(reads.seenSettled(step)).toBeNull();
    reads.checked(step, false);
    expect(reads.seenSettled(step)).toBeNull();
    await reads.positions(step);
    reads.checked(step, true);
    expect(await reads.seenSettled(step)).not.toBe(held);
    expect(asked).toMatchObject({ config: 1, positions: 2 });
    await reads.settings(step);
    expect(asked.config).toBe(1);
    expect(reads.seenSettled({ userId: 'u', cycle: 2 })).toBeNull();
    now = 5_000;
    expect(reads.seenSettled(step)).toBeNull();
    now = 0;
    reads.end(step);
    expect(reads.seenSettled(step)).toBeNull();
    await reads.settings(step);
    expect(asked.config).toBe(2);
  });

  test('names a user without settings, and does not keep the failure', async () => {
    const { repositories } = countingRepositories();
    const reads = createCycleReads(repositories, () => 0);
    const step = { userId: 'nobody', cycle: 1 };
    await expect(reads.begin(step)).rejects.toThrow('nobody');
    await expect(reads.settings(step)).rejects.toThrow('nobody');
  });

  test('shares the look at the fleet for a quarter of a second', async () => {
    const { asked, repositories } = countingRepositories();
    let now = 0;
    const reads = createCycleReads(repositories, () => now);
    await Promise.all([reads.fleet(), reads.fleet()]);
    now = 249;
    await reads.fleet();
    expect(asked.fleet).toBe(1);
    now = 250;
    await reads.fleet();
    expect(asked.fleet).toBe(2);
  });
});
