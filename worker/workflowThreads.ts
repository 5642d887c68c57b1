import threads from 'node:worker_threads';

const WORKFLOW_THREAD = /workflow-worker-thread\.js$/;

/** The SDK's workflow threads that begin from now on load ./leanThread.ts first: there is no setting for that. */
export function keepNoPromiseStacks(): void {
  const preload = new URL('./leanThread.js', import.meta.url).href;
  threads.Worker = class extends threads.Worker {
    constructor(file: string | URL, options?: threads.WorkerOptions) {
      super(file, WORKFLOW_THREAD.test(String(file)) ? { ...options, execArgv: ['--import', preload] } : options);
    }
  };
}
