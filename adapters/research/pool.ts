/** Threads for backtests: never on the trading event loop, and never more than the machine has processors. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { projectRoot } from '../paths.js';
import type { ResearchAnswer, ResearchTask } from './tasks.js';

export interface ResearchPool {
  readonly size: number;
  /** Aborting ends the thread that works on the task, or takes it out of the queue, and rejects. */
  run<Task extends ResearchTask>(task: Task, signal?: AbortSignal): Promise<ResearchAnswer<Task>>;
  close(): Promise<void>;
}

type Told = { kind: 'done'; result: unknown } | { kind: 'failed'; name: string; message: string };

/** Threads start when first needed and again after one died. */
export function createResearchPool(
  size = availableParallelism(),
  threadFile = join(projectRoot(), 'dist', 'adapters', 'research', 'thread.js'),
): ResearchPool {
  const idle: Worker[] = [];
  const all = new Set<Worker>();
  const waiting: (() => void)[] = [];
  let free = size;

  async function run(task: ResearchTask, signal?: AbortSignal): Promise<unknown> {
    await seat(signal);
    try {
      const thread = idle.pop() ?? start();
      const result = await ask(thread, task, signal);
      if (all.has(thread)) idle.push(thread);
      return result;
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  }

  /** Waits for one of the threads to be free; aborting gives the place in the queue up. */
  function seat(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (free > 0) {
      free -= 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const take = () => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        waiting.splice(waiting.indexOf(take), 1);
        reject(reasonOf(signal));
      };
      signal?.addEventListener('abort', leave, { once: true });
      waiting.push(take);
    });
  }

  function ask(thread: Worker, task: ResearchTask, signal?: AbortSignal): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void) => {
        thread.off('message', hear);
        thread.off('error', fail);
        thread.off('exit', gone);
        signal?.removeEventListener('abort', abort);
        settle();
      };
      const drop = (error: Error) => {
        all.delete(thread);
        finish(() => reject(error));
      };
      const hear = (told: Told) => {
        if (told.kind === 'done') return finish(() => resolve(told.result));
        // The thread is sound: the task said what is wrong.
        if (all.has(thread)) idle.push(thread);
        finish(() => reject(Object.assign(new Error(told.message), { name: told.name })));
      };
      const fail = (error: Error) => drop(error);
      const gone = (code: number) => drop(new Error(`a research thread ended with code ${code}`));
      const abort = () => {
        drop(reasonOf(signal));
        void thread.terminate();
      };
      thread.on('message', hear);
      thread.on('error', fail);
      thread.on('exit', gone);
      signal?.addEventListener('abort', abort, { once: true });
      if (signal?.aborted) abort();
      else thread.postMessage(task);
    });
  }

  function start(): Worker {
    const thread = new Worker(threadFile, { name: 'research' });
    thread.unref();
    // A thread that dies between tasks must neither end the process nor be asked again.
    thread.on('error', () => forget(thread));
    thread.on('exit', () => forget(thread));
    all.add(thread);
    return thread;
  }

  function forget(thread: Worker): void {
    all.delete(thread);
    const at = idle.indexOf(thread);
    if (at >= 0) idle.splice(at, 1);
  }

  return {
    size,
    run: (task, signal) => run(task, signal) as never,
    async close() {
      await Promise.allSettled([...all].map((thread) => thread.terminate()));
    },
  };
}

const reasonOf = (signal?: AbortSignal): Error =>
  signal?.reason instanceof Error ? signal.reason : new Error('the run was cancelled');
