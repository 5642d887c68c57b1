import { totalmem } from 'node:os';
import { usableMemory } from '../../../adapters/memory.js';
import { capacityOf } from '../../../worker/capacity.js';

const GB = 2 ** 30;

describe('what a worker takes on', () => {
  test('follows from its memory, between what it needs at least and what one core can serve', () => {
    expect(capacityOf({ bytes: GB / 2, isOwn: false })).toEqual({
      memoryMb: 512,
      cachedWorkflows: 200,
      activities: 25,
      localActivities: 25,
      workflowTasks: 25,
      workflowTasksWhenBusy: 10,
      coldWorkflowTasks: 6,
    });
    expect(capacityOf({ bytes: 4 * GB, isOwn: false })).toMatchObject({
      cachedWorkflows: 819,
      activities: 100,
      workflowTasks: 100,
    });
    expect(capacityOf({ bytes: 64 * GB, isOwn: false })).toMatchObject({
      cachedWorkflows: 4_000,
      activities: 100,
      workflowTasks: 100,
    });
  });

  test('is more in a container of its own: the compose file’s worker keeps over a thousand users', () => {
    expect(capacityOf({ bytes: 2 * GB, isOwn: true })).toMatchObject({ cachedWorkflows: 2_097, activities: 100 });
    expect(capacityOf({ bytes: GB / 2, isOwn: true })).toMatchObject({ cachedWorkflows: 254 });
    expect(capacityOf({ bytes: 4 * GB, isOwn: true })).toMatchObject({ cachedWorkflows: 4_000 });
  });

  test('never counts on more memory than the machine has', () => {
    expect(usableMemory().bytes).toBeGreaterThan(100 * 2 ** 20);
    expect(usableMemory().bytes).toBeLessThanOrEqual(totalmem());
  });
});
