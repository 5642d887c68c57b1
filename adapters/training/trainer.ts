import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { projectRoot } from '../paths.js';
import type { OnTaskProgress, PlanResult, TrainingTask } from './tasks.js';

export interface Trainer {
  /** One task at a time; others wait their turn. Aborting ends the thread and rejects. */
  run(task: TrainingTask, options?: { onProgress?: OnTaskProgress; signal?: AbortSignal }): Promise<PlanResult | null>;
  close(): Promise<void>;
}

type Told =
  | { kind: 'progress'; done: number; of: number }
  | { kind: 'done'; result: PlanResult | null }
  | { kind: 'failed'; name: string; message: string };

/** One thread, started when first needed and again after it died. */
export function createTrainer(threadFile = join(projectRoot(), 'dist', 'adapters', 'training', 'thread.js')): Trainer {
  let thread: Worker | null = null;
  let queue: Promise<unknown> = Promise.resolve();
  const end = async () => {
    const ending = thread;
    thread = null;
    await ending?.terminate();
  };

  function runNow(
    task: TrainingTask,
    { onProgress, signal }: { onProgress?: OnTaskProgress; signal?: AbortSignal },
  ): Promise<PlanResult | null> {
    signal?.throwIfAborted();
    thread ??= startThread(threadFile);
    const at = thread;
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void) => {
        at.off('message', hear);
        at.off('error', fail);
        at.off('exit', gone);
        signal?.removeEventListener('abort', abort);
        settle();
      };
      const hear = (told: Told) => {
        if (told.kind === 'progress') onProgress?.(told.done, told.of);
        else if (told.kind === 'done') finish(() => resolve(told.result));
        else finish(() => reject(Object.assign(new Error(told.message), { name: told.name })));
      };
      const fail = (error: Error) => {
        thread = null;
        finish(() => reject(error));
      };
      const gone = (code: number) => fail(new Error(`the training thread ended with code ${code}`));
      const abort = () => {
        finish(() => reject(signal?.reason instanceof Error ? signal.reason : new Error('training was cancelled')));
        void end();
      };
      at.on('message', hear);
      at.on('error', fail);
      at.on('exit', gone);
      signal?.addEventListener('abort', abort);
      at.postMessage(task);
    });
  }

  return {
    run(task, options = {}) {
      const turn = queue.then(() => runNow(task, options));
      queue = turn.catch(() => undefined);
      return turn;
    },
    close: end,
  };
}

function startThread(file: string): Worker {
  const thread = new Worker(file, { name: 'training' });
  thread.unref();
  return thread;
}
