/** The training thread: takes one task at a time, at the lowest priority, so that trading never waits for it. */
import { constants, setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { runTask, type TrainingTask } from './tasks.js';

/** Told at most this often, ms. */
const PROGRESS_MS = 200;

try {
  // On Linux, process 0 means the calling thread only.
  if (process.platform === 'linux') setPriority(0, constants.priority.PRIORITY_LOW);
} catch {
  // Without the right to be nice, the thread works at normal priority.
}

parentPort?.on('message', (task: TrainingTask) => {
  let told = 0;
  try {
    const result = runTask(task, (done, of) => {
      const now = performance.now();
      if (now - told < PROGRESS_MS) return;
      told = now;
      parentPort?.postMessage({ kind: 'progress', done, of });
    });
    parentPort?.postMessage({ kind: 'done', result });
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    parentPort?.postMessage({ kind: 'failed', name, message });
  }
});
