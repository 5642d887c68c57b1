// A worker to be killed, that tells its parent what it has under way: node workerProcess.mjs ADDRESS TASK_QUEUE BUNDLE_FILE
import { Context } from '@temporalio/activity';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { tellSteps } from '../../../../dist/adapters/temporal/stepsUnderWay.js';

const [address, taskQueue, codePath] = process.argv.slice(2);
Runtime.install({ logger: new DefaultLogger('ERROR') });
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  taskQueue,
  workflowBundle: { codePath },
  stickyQueueScheduleToStartTimeout: '1s',
  interceptors: { activity: [tellSteps] },
  activities: {
    async hold() {
      const { attempt } = Context.current().info;
      return attempt === 1 ? Context.current().cancelled : attempt;
    },
  },
});
await worker.run();
