import { join } from 'node:path';
import { Context } from '@temporalio/activity';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import proto from '@temporalio/proto';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import type { NativeWorkerLike } from '@temporalio/worker/lib/worker.js';
import { projectRoot } from '../../../adapters/paths.js';
import { inOrder, workerOver } from '../../../adapters/temporal/resultOrder.js';
import { startServers, type TestServers } from '../../../launcher/lab.js';
import { OVER } from './order/stepsWorkflow.js';

const { WorkflowActivationCompletion } = proto.coresdk.workflow_completion;
const pause = (ms: number): Promise<void> => new Promise((done) => void setTimeout(done, ms));
const QUEUE = 'order';
const STEP_MS = 15;
/** Longer than a step takes: its result comes while the answer to a question is still on its way. */
const ANSWER_MS = 25;
const WORKFLOWS = 6;
const ROUNDS = 8;

/** A worker that answers questions late. */
const late = (core: NativeWorkerLike): NativeWorkerLike => ({
  ...core,
  finalizeShutdown: () => core.finalizeShutdown(),
  flushCoreLogs: () => core.flushCoreLogs(),
  async completeWorkflowActivation(bytes) {
    const { successful } = WorkflowActivationCompletion.decodeDelimited(bytes);
    if (successful?.commands?.some((command) => command.respondToQuery)) await pause(ANSWER_MS);
    return core.completeWorkflowActivation(bytes);
  },
});

describe('a workflow that is asked and told to stop all the time', () => {
  let servers: TestServers;
  let connection: Connection;
  let native: NativeConnection;
  let client: Client;
  let code: string;
  beforeAll(async () => {
    servers = await startServers({ temporal: true });
    connection = await Connection.connect({ address: servers.temporalAddress });
    native = await NativeConnection.connect({ address: servers.temporalAddress });
    client = new Client({ connection });
    ({ code } = await bundleWorkflowCode({
      workflowsPath: join(projectRoot(), 'tests', 'servers', 'workflow', 'order', 'stepsWorkflow.ts'),
      logger: new DefaultLogger('ERROR'),
    }));
  }, 60_000);
  afterAll(async () => {
    await native?.close();
    await connection?.close();
    await servers?.stop();
  });

  /** The workflows' histories, and how many of them no other worker could go on with. */
  async function run(name: string, change: (core: NativeWorkerLike) => NativeWorkerLike) {
    const over = new Map<string, () => void>();
    const write = async (line: string): Promise<void> => {
      if (line === OVER) over.get(Context.current().info.workflowExecution!.workflowId)?.();
      await pause(STEP_MS);
    };
    const worker = await workerOver(change).create({
      connection: native,
      taskQueue: `${QUEUE}-${name}`,
      workflowBundle: { code },
      activities: { look: () => pause(STEP_MS), write },
    });
    const handles = await worker.runUntil(async () => {
      const begun = await Promise.all(
        Array.from({ length: WORKFLOWS }, (_, index) =>
          client.workflow.start('stepsWorkflow', {
            workflowId: `${name}-${index}`,
            taskQueue: `${QUEUE}-${name}`,
            args: [ROUNDS],
          }),
        ),
      );
      await Promise.all(
        begun.map((handle) => disturb(handle, new Promise((done) => over.set(handle.workflowId, done)))),
      );
      return begun;
    });
    let lost = 0;
    const failed: string[] = [];
    for (const handle of handles) {
      const history = await handle.fetchHistory();
      for (const { workflowTaskFailedEventAttributes: task } of history.events ?? [])
        if (task) failed.push(`cause ${task.cause}: ${task.failure?.message}`);
      await Worker.runReplayHistory({ workflowBundle: { code } }, history, handle.workflowId).catch((error: Error) => {
        expect(error.name).toBe('DeterminismViolationError');
        lost += 1;
      });
    }
    return { lost, failed };
  }

  async function disturb(handle: WorkflowHandle, roundsDone: Promise<void>): Promise<void> {
    let over = false;
    const asking = async (): Promise<void> => {
      while (!over) await handle.query('roundsDone').catch(() => undefined);
    };
    const stopping = async (): Promise<void> => {
      for (let turn = 0; !over; turn++) {
        await pause(10 + ((turn * 7) % 40));
        await handle.signal('stop');
      }
    };
    const all = [asking(), asking(), stopping()];
    await roundsDone;
    over = true;
    await Promise.all(all);
    await handle.signal('finish');
    expect(await handle.result()).toBe(ROUNDS);
  }

  test('can be gone on with by any other worker', async () => {
    expect(await run('ordered', (core) => late(inOrder(core)))).toEqual({ lost: 0, failed: [] });
  }, 120_000);

  test('could not be, where results are told as they come', async () => {
    expect((await run('as-they-come', late)).lost).toBeGreaterThan(0);
  }, 120_000);
});
