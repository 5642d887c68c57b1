import { totalmem } from 'node:os';
import { usableMemory } from '../../../adapters/memory.js';
import { capacityOf } from '../../../worker/capacity.js';

const GB = 2 ** 30;

describe('what a worker takes on', () => {
  test('follows from its memory, between what it needs at least and what one core can serve', () => {
    expect(capacityOf(GB / 2)).toEqual({
      memoryMb: 512,
      cachedWorkflows: 200,
      activities: 25,
      localActivities: 25,
      workflowTasks: 25,
      workflowTasksWhenBusy: 10,
      coldWorkflowTasks: 6,
    });
    expect(capacityOf(4 * GB)).toMatchObject({ cachedWorkflows: 819, activities: 100, workflowTasks: 100 });
    expect(capacityOf(64 * GB)).toMatchObject({ cachedWorkflows: 4_000, activities: 100, workflowTasks: 100 });
  });

  test('never counts on more memory than the machine has', () => {
    expect(usableMemory()).toBeGreaterThan(100 * 2 ** 20);
    expect(usableMemory()).toBeLessThanOrEqual(totalmem());
  });
});
