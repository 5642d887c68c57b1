import { gatherEvidence } from '../../../commands/campaign/evidence.js';
import { broken, judge } from '../../../commands/campaign/judge.js';
import { createPunctuality } from '../../../commands/chaos/punctuality.js';
import type { HoldInput } from '../../../workflows/holdWorkflow.js';
import { TRADING_TASK_QUEUE } from '../../../workflows/messages.js';
import { eventually, type Lab, startLab, type TestUser } from '../../support/trading.js';

/** More than a worker begins entries at once (activities/index.ts). */
const SLOW = 16;
/** Each of their answers, ms: nobody who waits behind one is late by less. */
const DELAY = 4_000;
const CYCLES = 6;

describe('one worker', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab({ simulator: { speed: 1, weightLimit: 1_000_000 } }, { CAMPAIGN: 'true' });
  }, 120_000);
  afterAll(async () => {
    await lab?.worker.stop();
    await lab?.close();
  }, 60_000);

  const users = (count: number): Promise<TestUser[]> =>
    Promise.all(Array.from({ length: count }, () => lab.user({ timeframe: '1d', symbols: ['BTC/USDT'] })));
  const balancesOf = async ({ id }: TestUser) => {
    await lab.control.account(id, { USDT: '10000' });
    return (await lab.control.ledger(id)).balances;
  };
  /** By the steps that trading uses: no signal has to be waited for. */
  const enter = ({ id }: TestUser) =>
    lab.client.workflow.start<(input: HoldInput) => Promise<number>>('holdWorkflow', {
      workflowId: `hold-${id}`,
      taskQueue: TRADING_TASK_QUEUE,
      args: [{ userId: id, symbols: ['BTC/USDT'], notional: 200 }],
    });

  test('begins no cycle late for more slow accounts than it has slots for their entries, nor for one that fails, and others enter', async () => {
    const [failing, ...others] = (await users(5)) as [TestUser, ...TestUser[]];
    const slow = await users(SLOW);
    const [newcomer] = (await users(1)) as [TestUser];
    const all = [failing, ...others, newcomer, ...slow];
    const before = await Promise.all(all.map(balancesOf));
    for (const entry of await Promise.all(others.map(enter))) expect(await entry.result()).toBe(1);
    for (const user of [failing, ...others]) await user.update('startTrading', { by: 'test' });

    await lab.control.faults(
      [
        // Told by the stream, an order waits for no answer.
        ...slow.flatMap(({ id: account }) => [
          { kind: 'slow', endpoint: '*', probability: 1, account, delayMs: DELAY },
          { kind: 'drop-events', endpoint: 'stream:user', probability: 1, account },
        ]),
        { kind: '5xx', endpoint: '*', probability: 1, account: failing.id },
      ],
      1,
    );
    const entries = await Promise.all(slow.map(enter));
    const sent = { userId: { $in: slow.map(({ id }) => id) } };
    await eventually(
      () => lab.database.models.orders.find(sent).lean(),
      (orders) => orders.length > 1,
    );
    const ids = others.map(({ id }) => id);
    const { figures, look } = createPunctuality(lab.database, ids, 1_000);
    await eventually(look, () => figures.lateness.length >= CYCLES * others.length, 30_000);
    expect(await (await enter(newcomer)).result()).toBe(1);
    const underWay = await Promise.all(entries.map(async (entry) => (await entry.describe()).status.name));
    expect(underWay).toContain('RUNNING');
    expect(Math.max(...figures.lateness, figures.longestOverdueMs)).toBeLessThan(DELAY);

    await lab.control.clearFaults();
    await Promise.all(entries.map((entry) => entry.result()));
    for (const user of [failing, ...others]) await user.update('stopTrading', {});
    const judged = async () =>
      judge(
        await Promise.all(
          all.map(({ id }, index) => gatherEvidence(lab.database, lab.control, id, before[index]!, [])),
        ),
      );
    // What rests is the holdings' protection.
    await eventually(judged, (verdict) => broken({ ...verdict, unfinished: [] }) === 0);
  }, 180_000);
});
