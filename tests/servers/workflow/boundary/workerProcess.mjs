// A worker to be killed: node workerProcess.mjs ADDRESS TASK_QUEUE BUNDLE_FILE STICKY_TIMEOUT
import { NativeConnection, Runtime, DefaultLogger, Worker } from '@temporalio/worker';

const [address, taskQueue, codePath, stickyQueueScheduleToStartTimeout] = process.argv.slice(2);
Runtime.install({ logger: new DefaultLogger('ERROR') });
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  taskQueue,
  workflowBundle: { codePath },
  activities: { glance: async () => undefined },
  stickyQueueScheduleToStartTimeout,
});
await worker.run();
