/** Container check of a worker: exit code 0 if Temporal has seen a worker of this host ask for work in the last 90 s. */
import { hostname } from 'node:os';
import { Connection } from '@temporalio/client';
import { settingsWithServersOrExit, temporalConnectOptions } from '../adapters/settings.js';
import { TRADING_TASK_QUEUE } from '../workflows/messages.js';

const SEEN_WITHIN = 90_000;
/** Number of TASK_QUEUE_TYPE_ACTIVITY in Temporal's API. */
const ACTIVITY = 2;

const { connection: options, namespace } = temporalConnectOptions(settingsWithServersOrExit());
const connection = await Connection.connect({ ...options, connectTimeout: 5000 });
const { pollers } = await connection.withDeadline(Date.now() + 5000, () =>
  connection.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: TRADING_TASK_QUEUE },
    taskQueueType: ACTIVITY,
  }),
);
await connection.close();
const host = hostname();
const ours = (pollers ?? []).filter(({ identity }) => identity?.endsWith(`@${host}`));
const last = Math.max(0, ...ours.map(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1000));
if (Date.now() - last > SEEN_WITHIN) {
  console.error(`no worker of ${host} has asked Temporal for work in the last ${SEEN_WITHIN / 1000} s`);
  process.exit(1);
}
