import { type ChildProcess, fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { createLogger } from '../../../adapters/log.js';
import { projectRoot } from '../../../adapters/paths.js';
import { followSteps, type Orphans } from '../../../adapters/temporal/stepsUnderWay.js';
import { startServers, type TestServers } from '../../../launcher/lab.js';
import { beginOrphansAgain } from '../../../worker/orphans.js';
import { compile } from '../../support/servers.js';
import { eventually } from '../../support/trading.js';

const folder = join(projectRoot(), 'tests', 'servers', 'workers', 'orphans');
const QUEUE = 'orphans';

describe('steps that a killed worker had under way', () => {
  let servers: TestServers;
  let connection: Connection;
  let client: Client;
  let codePath: string;
  const started: ChildProcess[] = [];
  const log = createLogger({ name: 'test', level: 'silent' });
  beforeAll(async () => {
    compile();
    servers = await startServers({ temporal: true });
    connection = await Connection.connect({ address: servers.temporalAddress });
    client = new Client({ connection });
    const workflowsPath = join(folder, 'stepWorkflow.ts');
    const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
    codePath = join(servers.dataDir, 'bundle.js');
    writeFileSync(codePath, code);
  }, 120_000);
  afterAll(async () => {
    for (const child of started) child.kill('SIGKILL');
    await connection?.close();
    await servers?.stop();
  });

  function work(): { child: ChildProcess; underWay: () => Orphans } {
    const child = fork(join(folder, 'workerProcess.mjs'), [servers.temporalAddress, QUEUE, codePath]);
    started.push(child);
    return { child, underWay: followSteps(child) };
  }

  test('are begun again as soon as its successor knows, and those of a living one are left alone', async () => {
    const first = work();
    const handle = await client.workflow.start('stepWorkflow', { workflowId: 'step', taskQueue: QUEUE, args: [] });
    const orphans = await eventually(
      () => Promise.resolve(first.underWay()),
      ({ workflowIds }) => workflowIds.length > 0,
      30_000,
    );
    expect(orphans.workflowIds).toEqual(['step']);
    const attempt = async () => (await handle.describe()).raw.pendingActivities?.[0]?.attempt;

    const other = { ...orphans, identity: `0${orphans.identity}` };
    expect(await beginOrphansAgain(client, other, log)).toEqual({ steps: 0, left: [] });
    expect(await attempt()).toBe(1);

    first.child.kill('SIGKILL');
    const successor = work();
    expect(await beginOrphansAgain(client, first.underWay(), log)).toEqual({ steps: 1, left: [] });
    expect(await handle.result()).toBe(2);
    expect((await handle.fetchHistory()).events!.filter((event) => event.activityTaskTimedOutEventAttributes)).toEqual(
      [],
    );
    await eventually(
      () => Promise.resolve(successor.underWay().workflowIds),
      (ids) => ids.length === 0,
    );
  }, 60_000);

  test('that have ended by then are no error, and a workflow that is gone keeps the others from nothing', async () => {
    const { identity } = followSteps(started[0]!)();
    const orphans = { identity, workflowIds: ['never-was', 'step'] };
    expect(await beginOrphansAgain(client, orphans, log)).toEqual({ steps: 0, left: ['never-was'] });
  });
});
