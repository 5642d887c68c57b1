import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from '@temporalio/worker';
import { join } from 'node:path';
import { projectRoot } from '../../../adapters/paths.js';
import {
  eventsOf,
  eventually,
  idleUser,
  isLocalStep,
  type Lab,
  runsOf,
  startLab,
  type TestUser,
} from '../../support/trading.js';

const codePath = join(projectRoot(), 'dist', 'workflow-bundle.js');

/** One for each environment of the worker: crash points are drawn where it starts. */
function lab(env: Record<string, string> = {}): { now: Lab } {
  const held = {} as { now: Lab };
  beforeAll(async () => {
    held.now = await startLab({}, env);
  }, 120_000);
  afterAll(() => held.now?.close(), 60_000);
  return held;
}

/** The events of all its runs. */
const historyOf = async ({ now }: { now: Lab }, user: TestUser) => eventsOf(now, user.id);
const stepsOf = async (held: { now: Lab }, user: TestUser): Promise<string[]> =>
  (await historyOf(held, user)).flatMap(
    ({ activityTaskScheduledEventAttributes: step }) => step?.activityType?.name ?? [],
  );

/** Throws where a run of the user's cannot be replayed. */
const replay = async ({ now }: { now: Lab }, user: TestUser): Promise<void> => {
  for (const history of await runsOf(now, user.id))
    await Worker.runReplayHistory({ workflowBundle: { codePath } }, history, `trading-${user.id}`);
};

/** The numbers of the cycles that the user's log tells of, one for each line. */
const cyclesTold = async ({ now }: { now: Lab }, user: TestUser): Promise<number[]> => {
  const logs = now.database.connection
    .db!.collection('auto_trading_logs')
    .find({ userId: user.id, component: 'ENGINE' });
  return (await logs.toArray())
    .flatMap(({ message }) => /^Cycle (\d+):/.exec(String(message))?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
};

describe('inside the workflow task', () => {
  const held = lab();

  describe('a cycle in which nothing happens', () => {
    test('is one workflow task with its record in it, and ten events at most', async () => {
      const user = await idleUser(held.now, 1);
      const { cycle } = await user.until((status) => status.cycle >= 2);
      const before = (await historyOf(held, user)).length;
      await user.until((status) => status.cycle >= cycle + 8);
      const after = await historyOf(held, user);
      // From record to record, for the next cycle may have begun by the time that the history is read.
      const isRecord = isLocalStep('recordCycle');
      const records = after.flatMap((event, index) => (index >= before && isRecord(event) ? [index] : []));
      // But for the one in which the run is handed over, and one that a question splits.
      const gaps = records.slice(1).map((record, index) => record - records[index]!);
      expect(gaps.filter((gap) => gap > 10).length).toBeLessThanOrEqual(2);
      expect(gaps.length).toBeGreaterThanOrEqual(6);
      expect(after.filter(isLocalStep('recordCycle')).length).toBeGreaterThanOrEqual(8);
      expect(await stepsOf(held, user)).not.toContain('recordCycle');
      await user.update('stopTrading', { mode: 'now' });
    }, 60_000);

    test('is recorded by a step of its own where the database is away, and once', async () => {
      const user = await idleUser(held.now, 1);
      await held.now.servers.kill9('mongodb');
      // In the middle of a cycle or between two: a cycle that could not read fails, and its record waits.
      await eventually(
        () => stepsOf(held, user),
        (steps) => steps.includes('recordCycle'),
      );
      await held.now.servers.restart('mongodb');
      const { cycle } = await user.status();
      await user.until((status) => status.cycle >= cycle + 3);
      await user.update('stopTrading', { mode: 'now' });
      const told = await cyclesTold(held, user);
      expect(told).toEqual([...new Set(told)]);
      await replay(held, user);
    }, 90_000);
  });

  describe('an entry', () => {
    test('is one step: what it tells, the look behind it and the record are in the workflow task', async () => {
      const user = await held.now.user({ symbols: ['BTC/USDT'] });
      await user.update('startTrading', {});
      await user.until(({ openPositions }) => openPositions === 1, 60_000);
      await eventually(
        () => historyOf(held, user),
        (events) => events.some(isLocalStep('sendNotification')),
      );
      const steps = await stepsOf(held, user);
      expect(steps).toContain('executeTrade');
      expect(steps).not.toContain('sendNotification');
      const told = await eventually(
        () => held.now.database.models.notifications.find({ userId: user.id }).lean<{ type: string }[]>(),
        (found) => found.length > 0,
      );
      expect(told.map(({ type }) => type)).toContain('TRADE_EXECUTED');
      await user.update('stopTrading', { mode: 'now' });
    }, 120_000);
  });

  describe('a database that stands still now and then', () => {
    test('leaves histories that another worker can replay, whichever of a cycle and its entry it kept waiting', async () => {
      const traders = await Promise.all(Array.from({ length: 6 }, () => held.now.user()));
      for (const trader of traders) await trader.update('startTrading', {});
      const database = held.now.servers.pid('mongodb')!;
      const eventsOfAll = async () => (await Promise.all(traders.map((trader) => historyOf(held, trader)))).flat();
      const gaveUp = (events: Awaited<ReturnType<typeof eventsOfAll>>): boolean =>
        events.some((event) => event.markerRecordedEventAttributes?.failure);
      // Which step it meets is chance: one in fifteen cycles is at its record.
      for (let round = 0; round < 8 || (round < 24 && !gaveUp(await eventsOfAll())); round++) {
        process.kill(database, 'SIGSTOP');
        await pause(2_200);
        process.kill(database, 'SIGCONT');
        // Time to enter, and to be caught at another place of the cycle.
        await pause(2_500 + 130 * (round % 8));
      }
      await Promise.all(
        traders.map(async (trader) => {
          const { cycle } = await trader.status();
          await trader.until((status) => status.cycle >= cycle + 2);
          await trader.update('stopTrading', { mode: 'now' });
        }),
      );
      const steps = (await Promise.all(traders.map((trader) => stepsOf(held, trader)))).flat();
      expect(steps).toContain('executeTrade');
      expect(gaveUp(await eventsOfAll())).toBe(true);
      for (const trader of traders) await replay(held, trader);
    }, 240_000);
  });

  describe('messages that come together while no worker runs', () => {
    test('leave a history that another worker can replay: two starts, and changed settings with them', async () => {
      const user = await held.now.user({ tradingMode: 'CONSERVATIVE', timeframe: '1d' });
      await user.status();
      held.now.worker.kill();
      const starts = [user.update('startTrading', {}), user.update('startTrading', {})];
      await user.signal('configChanged');
      await Promise.all(starts);
      const { cycle } = await user.until((status) => status.cycle >= 2);
      await replay(held, user);
      expect((await cyclesTold(held, user)).length).toBeGreaterThanOrEqual(cycle - 1);
      await user.update('stopTrading', { mode: 'now' });
    }, 60_000);
  });
});

describe('a worker that dies right behind a record', () => {
  const held = lab({ CRASH_POINTS: 'cycle-recorded=0.2', CRASH_SEED: '5' });

  test('leaves a cycle that is gone through again, told once, and in the history once', async () => {
    const user = await held.now.user({ tradingInterval: 1, tradingMode: 'CONSERVATIVE', timeframe: '1d' });
    await user.update('startTrading', {}).catch(() => undefined);
    await eventually(
      async () => held.now.worker.kills.atCrashPoints,
      (kills) => kills >= 3,
      90_000,
    );
    const { cycle } = await user.until(() => true, 30_000);
    await user.until((status) => status.cycle > cycle, 60_000);
    const told = await eventually(
      () => cyclesTold(held, user),
      (numbers) => numbers.includes(cycle),
    );
    const whole = told.filter((number) => number <= cycle);
    expect(whole).toEqual(Array.from({ length: cycle }, (_, index) => index + 1));
    await replay(held, user);
  }, 240_000);
});
