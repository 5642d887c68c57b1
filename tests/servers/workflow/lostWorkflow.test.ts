/** A workflow that was terminated, and begins anew over what the database knows. */
import { createLogger } from '../../../adapters/log.js';
import { createTradingService } from '../../../api/services/trading.js';
import { beginLostOnes, startWorkflowCare } from '../../../api/workflowCare.js';
import { TRADING_TASK_QUEUE } from '../../../workflows/messages.js';
import {
  eventually,
  idleUser,
  type Lab,
  looksOf,
  quietHolder,
  startLab,
  type TestUser,
} from '../../support/trading.js';

describe('a trading workflow that is gone', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab();
  }, 120_000);
  afterAll(() => lab?.close(), 60_000);

  const logged: string[] = [];
  const log = createLogger({ name: 'test', level: 'info' }, { write: (line) => void logged.push(line) });
  const trading = () => createTradingService(lab.client, lab.repositories);
  const handle = (user: TestUser) => lab.client.workflow.getHandle(`trading-${user.id}`);
  /** The lab's users have settings and books, and no account. */
  const account = (user: TestUser) =>
    lab.database.connection
      .db!.collection<{ _id: string }>('users')
      .insertOne({ _id: user.id, email: user.id } as never);
  const dependencies = () => ({ client: lab.client, repositories: lab.repositories, log });
  const care = () => beginLostOnes(dependencies(), trading());
  /** As Temporal's own list tells, a moment later. */
  const lose = async (user: TestUser): Promise<void> => {
    await handle(user).terminate('lost');
    const query = `WorkflowId = 'trading-${user.id}' AND ExecutionStatus = 'Running'`;
    await eventually(
      () => lab.client.workflow.count(query),
      ({ count }) => count === 0,
    );
  };
  const recorded = async (user: TestUser, cycle: number) =>
    eventually(
      () => lab.repositories.status.get(user.id),
      (stored) => (stored?.cycle ?? 0) >= cycle,
      30_000,
    );

  test('trades on with what it held, counts on and buys nothing twice', async () => {
    // Its first round is over before there is an account.
    const endCare = startWorkflowCare(dependencies(), trading(), 500);
    const user = await quietHolder(lab);
    await account(user);
    const { cycle } = await user.status();
    const before = await recorded(user, cycle);
    const [held] = await lab.repositories.positions.open(user.id);
    await handle(user).terminate('lost');
    const status = await user.until((now) => now.cycle >= cycle + 3);
    endCare();
    expect(status).toMatchObject({ status: 'RUNNING', since: before!.since, openPositions: 1 });
    expect(await lab.repositories.positions.open(user.id)).toMatchObject([{ id: held!.id }]);
    const { orders } = await lab.control.ledger(user.id);
    expect(orders.filter(({ side }) => side === 'BUY')).toHaveLength(1);
    expect(orders.filter(({ side, status: state }) => side === 'SELL' && state === 'NEW')).toHaveLength(2);
    expect(logged.filter((line) => line.includes(user.id))).toHaveLength(1);
    const told = await lab.database.connection
      .db!.collection('auto_trading_logs')
      .find({ userId: user.id, message: /began anew/ })
      .toArray();
    expect(told).toHaveLength(1);
    await care();
    expect(logged.filter((line) => line.includes(user.id))).toHaveLength(1);
    const rows = await lab.database.models.performance.find({ userId: user.id }).lean<{ cycle: number }[]>();
    expect(rows.map((row) => row.cycle)).toEqual(expect.arrayContaining([cycle + 1, cycle + 2]));
    await user.update('stopTrading', { mode: 'now' });
  }, 120_000);

  test('watches what it holds, where it was stopped', async () => {
    const user = await quietHolder(lab);
    await account(user);
    await user.update('stopTrading', { mode: 'now' });
    await eventually(
      () => lab.repositories.status.get(user.id),
      (stored) => stored?.status === 'STOPPED',
    );
    await lose(user);
    // A stop finds no workflow: it is made, and told.
    expect(await trading().stop(user.id, { mode: 'now' })).toMatchObject({ status: 'STOPPED' });
    expect(await user.until(({ openPositions }) => openPositions === 1)).toMatchObject({ status: 'STOPPED' });
    const looks = async (): Promise<number> => {
      const { scheduled, local } = await looksOf(lab, user.id);
      return scheduled + local;
    };
    const before = await looks();
    await eventually(looks, (now) => now >= before + 2);
  }, 120_000);

  test('stays stopped by an emergency, and works one through that it had not taken', async () => {
    const [done, asked] = [await idleUser(lab, 1), await idleUser(lab, 1)];
    await account(done);
    await account(asked);
    await done.update('emergencyStop', { reason: 'first' });
    const receipt = (await done.until(({ emergency }) => Boolean(emergency?.finishedAt))).emergency!;
    await eventually(
      () => lab.repositories.status.get(done.id),
      (stored) => Boolean(stored?.emergency?.finishedAt),
    );
    await lose(done);
    await lose(asked);
    const at = new Date().toISOString();
    await lab.repositories.status.haltBefore(asked.id, { reason: 'second', halted: { askedAt: at, haltedAt: at } });
    await care();
    expect(await done.until(() => true)).toMatchObject({
      status: 'EMERGENCY_STOPPED',
      emergency: { reason: 'first', triggeredAt: receipt.triggeredAt, finishedAt: receipt.finishedAt },
    });
    await expect(done.update('startTrading', {})).rejects.toThrow();
    const worked = await asked.until(({ emergency }) => Boolean(emergency?.finishedAt));
    expect(worked).toMatchObject({ status: 'EMERGENCY_STOPPED', emergency: { reason: 'second', triggeredAt: at } });
    await done.update('reset', { by: 'test', reason: 'seen' });
    await done.update('startTrading', {});
    expect(await done.status()).toMatchObject({ status: 'RUNNING' });
    await done.update('stopTrading', {});
  }, 120_000);

  test('begins stopped over the books of a backup', async () => {
    const user = await idleUser(lab, 1);
    await account(user);
    await lose(user);
    await lab.repositories.flags.noteRestore();
    await care();
    expect(await user.until(() => true)).toMatchObject({ status: 'STOPPED' });
    await eventually(
      () => lab.repositories.config.get(user.id),
      (settings) => settings?.isEnabled === false,
    );
    await user.update('startTrading', {});
    expect(await user.status()).toMatchObject({ status: 'RUNNING' });
    await user.update('stopTrading', {});
  }, 60_000);

  test('that somebody starts again by hand takes up the books before anything else', async () => {
    const user = await idleUser(lab, 1);
    const { cycle } = await user.until((status) => status.cycle >= 3);
    await recorded(user, cycle);
    await lose(user);
    const byHand = (workflowId: string) =>
      lab.client.workflow.start('tradingWorkflow', {
        workflowId,
        taskQueue: TRADING_TASK_QUEUE,
        workflowTaskTimeout: '5 seconds',
        args: [{ userId: user.id }],
      });
    await byHand(`trading-${user.id}`);
    const status = await user.until((now) => now.cycle > cycle);
    expect(status.status).toBe('RUNNING');
    const second = await byHand(`trading-of-${user.id}`);
    await expect(second.result()).rejects.toMatchObject({
      cause: { message: `A user trades under one id: trading-${user.id}.` },
    });
    await lose(user);
    await byHand(`trading-${user.id}`);
    // It came before the books were read, or right after: it holds.
    await user.signal('stop', { mode: 'now' });
    await eventually(
      () => lab.repositories.config.get(user.id),
      (settings) => settings?.isEnabled === false,
    );
    const stopped = await user.until((now) => now.cycle >= cycle);
    expect(stopped.status).toBe('STOPPED');
  }, 60_000);
});
