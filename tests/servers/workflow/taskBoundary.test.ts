import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import { projectRoot } from '../../../adapters/paths.js';
import { startServers, type TestServers } from '../../../launcher/lab.js';
import { eventually } from '../../support/trading.js';
import { ASK_AGAIN } from '../../../workflows/messages.js';

const folder = join(projectRoot(), 'tests', 'servers', 'workflow', 'boundary');
const QUEUE = 'boundary';
/** A killed worker's polls stay with Temporal until it sees their connection closed, and take questions with them; nothing tells when it has. */
const FORGOTTEN_MS = 1_000;
const pause = (ms: number): Promise<void> => new Promise((done) => void setTimeout(done, ms));

describe('a question that waited while no worker ran', () => {
  let servers: TestServers;
  let connection: Connection;
  let client: Client;
  let worker: ChildProcess | null = null;
  let codePath: string;
  beforeAll(async () => {
    servers = await startServers({ temporal: true });
    connection = await Connection.connect({ address: servers.temporalAddress });
    client = new Client({ connection });
    const { code } = await bundleWorkflowCode({
      workflowsPath: join(folder, 'clockWorkflow.ts'),
      workflowInterceptorModules: [join(projectRoot(), 'workflows', 'taskBoundary.ts')],
      logger: new DefaultLogger('ERROR'),
    });
    codePath = join(servers.dataDir, 'bundle.js');
    writeFileSync(codePath, code);
  }, 60_000);
  afterEach(kill);
  afterAll(async () => {
    await connection?.close();
    await servers?.stop();
  });

  /** @param sticky how long Temporal keeps what waits for this worker alone */
  function work(sticky = '1s'): void {
    const file = join(folder, 'workerProcess.mjs');
    worker = spawn(process.execPath, [file, servers.temporalAddress, QUEUE, codePath, sticky], { stdio: 'ignore' });
  }

  async function kill(): Promise<void> {
    const gone = worker && new Promise<void>((done) => worker!.once('exit', () => done()));
    worker?.kill('SIGKILL');
    worker = null;
    await gone;
  }

  /** What the workflow said; where the question itself failed, that and why. */
  const told = ({ message, cause }: Error): string =>
    cause instanceof Error ? `${message}: ${cause.message}` : message;
  const ask = (handle: WorkflowHandle, ms = 25_000) =>
    client.withDeadline(Date.now() + ms, () => handle.query<number>('done'));
  const askUntil = (handle: WorkflowHandle, wanted: number) =>
    eventually(
      () => ask(handle, 3_000).catch(() => -1),
      (answered) => answered === wanted,
    );

  interface Leaving {
    /** The workflow decides otherwise from so many ms on. */
    turnsIn: number;
    sticky: string;
    workflowTaskTimeout: string;
    /** So many ms later the question waits where the test wants it, and nothing tells when it does. */
    waits: number;
  }

  /** A workflow whose worker is dead, and a question that waits for the next one. */
  async function left(workflowId: string, { turnsIn, sticky, workflowTaskTimeout, waits }: Leaving) {
    const options = { workflowId, taskQueue: QUEUE, workflowTaskTimeout: workflowTaskTimeout as '5s', args: [] };
    const handle = await client.workflow.start('clockWorkflow', options);
    work(sticky);
    await handle.signal('nudge');
    await askUntil(handle, 1);
    const turnsAt = Date.now() + turnsIn;
    await handle.signal('turn', turnsAt);
    await eventually(
      async () => (await handle.fetchHistory()).events!.at(-1)!,
      (event) => Boolean(event.workflowTaskCompletedEventAttributes),
    );
    await kill();
    await pause(FORGOTTEN_MS);
    const answer = ask(handle).then(String, told);
    await pause(waits);
    return { handle, turnsAt, answer };
  }

  /** More nudges, another worker, a replay of everything: a workflow that decided twice would hang or differ. */
  async function goesOn(handle: WorkflowHandle): Promise<void> {
    await handle.signal('nudge');
    await askUntil(handle, 3);
    await kill();
    work();
    await handle.signal('nudge');
    await askUntil(handle, 4);
    const history = await handle.fetchHistory();
    await Worker.runReplayHistory({ workflowBundle: { codePath } }, history);
    expect(history.events!.filter((event) => event.workflowTaskFailedEventAttributes)).toEqual([]);
    await handle.terminate();
    await kill();
  }

  test('makes no decision for a workflow task that has not begun', async () => {
    // The question has left the dead worker's own queue when the task comes: whoever works next takes it first.
    const { handle, turnsAt, answer } = await left('not-begun', {
      turnsIn: 200,
      sticky: '1s',
      workflowTaskTimeout: '5s',
      waits: 2_000,
    });
    expect(Date.now()).toBeGreaterThan(turnsAt);
    await handle.signal('nudge');
    work();
    expect(await answer).toBe(ASK_AGAIN);
    await askUntil(handle, 2);
    await goesOn(handle);
  });

  test('makes no decision for a workflow task that a dead worker had begun', async () => {
    // The question is still in the first worker's own queue when another takes the task and dies with it.
    const { handle, turnsAt, answer } = await left('begun-by-the-dead', {
      turnsIn: 6_000,
      sticky: '6s',
      workflowTaskTimeout: '8s',
      waits: 300,
    });
    const { workflowId } = handle;
    await connection.workflowService.resetStickyTaskQueue({ namespace: 'default', execution: { workflowId } });
    await handle.signal('nudge');
    const taken = await connection.withDeadline(Date.now() + 5_000, () =>
      connection.workflowService.pollWorkflowTaskQueue({ namespace: 'default', taskQueue: { name: QUEUE } }),
    );
    expect(taken.query).toBeFalsy();
    expect(Date.now()).toBeLessThan(turnsAt);
    work();
    expect(await answer).toBe(ASK_AGAIN);
    await askUntil(handle, 2);
    await goesOn(handle);
  });
});
