/** A research thread: one task at a time, below normal priority: beside a thread that trades it gets a tenth. */
import { constants, setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { type ResearchTask, runTask } from './tasks.js';

try {
  // The lowest priority would stand still on a busy machine, and a person waits for the report.
  // On Linux, process 0 means the calling thread only; elsewhere it is the whole worker, so it is left alone.
  if (process.platform === 'linux') setPriority(0, constants.priority.PRIORITY_BELOW_NORMAL);
} catch {
  // Without the right to be nice, the thread works at normal priority.
}

parentPort?.on('message', (task: ResearchTask) => {
  try {
    parentPort?.postMessage({ kind: 'done', result: runTask(task) });
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    parentPort?.postMessage({ kind: 'failed', name, message });
  }
});
