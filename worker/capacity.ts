import type { UsableMemory } from '../adapters/memory.js';

/** How much one worker process takes on, from the memory that it may use. */
export interface Capacity {
  /** Memory that this process may use, MB: the machine's, or the container's limit where that is less. */
  memoryMb: number;
  /** Workflows that are kept in memory between their tasks; one that is not is read from its history again. */
  cachedWorkflows: number;
  /** Regular steps (orders, records) at once: about 1 MB each while under way. */
  activities: number;
  /** Steps inside workflow tasks at once. */
  localActivities: number;
  /** Workflow tasks at once; one whose workflow waits for a step inside it counts as long. */
  workflowTasks: number;
  /** And where the processors have no room: what is begun beyond it only makes everything late. */
  workflowTasksWhenBusy: number;
  /** Of workflows that are not in memory and go through their whole history first. */
  coldWorkflowTasks: number;
}

const MB = 2 ** 20;
/** Measured: docs/DEPLOYMENT.md, "Sizing". */
const MB_PER_CACHED_WORKFLOW = 0.5;
/** Of the memory, for cached workflows; most of the rest is the database's and Temporal's on a machine of one. */
const SHARE_OF_MACHINE = 0.1;
/** Of what a container leaves beside the process itself; the rest is for what is under way. */
const SHARE_OF_CONTAINER = 0.6;
const PROCESS_MB = 300;

export function capacityOf({ bytes, isOwn }: UsableMemory): Capacity {
  const memoryMb = Math.floor(bytes / MB);
  const forWorkflowsMb = isOwn ? (memoryMb - PROCESS_MB) * SHARE_OF_CONTAINER : memoryMb * SHARE_OF_MACHINE;
  const within = (low: number, high: number, value: number): number => Math.max(low, Math.min(high, Math.floor(value)));
  return {
    memoryMb,
    cachedWorkflows: within(200, 4_000, forWorkflowsMb / MB_PER_CACHED_WORKFLOW),
    activities: within(20, 100, memoryMb / 20),
    localActivities: within(20, 100, memoryMb / 20),
    workflowTasks: within(20, 100, memoryMb / 20),
    // Two busy cores get through 8 to 30 cycles a second; a task has 5 s. Fewer would wait past the time that tasks are
    // kept for the worker that has their workflow in memory (2 s), and cost their whole history: with 12 the bench
    // `saturation` made 20 cycles a second, with 40 it made 27 to 31.
    workflowTasksWhenBusy: within(10, 40, memoryMb / 50),
    // Up to half a second of a processor each, of which a worker has little more than one: six are through in four seconds.
    coldWorkflowTasks: 6,
  };
}
