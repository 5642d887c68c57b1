import { proxyActivities } from '@temporalio/workflow';

/** Long time-outs: only who tells Temporal of the worker's death ends the first attempt within a test. */
const { hold } = proxyActivities<{ hold(): Promise<number> }>({
  startToCloseTimeout: '2 minutes',
  heartbeatTimeout: '2 minutes',
  retry: { initialInterval: '100 milliseconds' },
});

export const stepWorkflow = (): Promise<number> => hold();
