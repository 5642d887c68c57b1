import { broken } from '../../../commands/campaign/judge.js';
import { createControl } from '../../../commands/campaign/control.js';
import { judgeTraders, makeTraders, statusOf, stopTraders, type Trader } from '../../../commands/chaos/traders.js';
import { type Fleet, startFleet } from '../../../commands/workers/fleet.js';
import { busiest, cutOff, rollingChange } from '../../../commands/workers/trial.js';
import { compile } from '../../support/servers.js';
import { eventually } from '../../support/trading.js';

describe('two workers at once', () => {
  let fleet: Fleet;
  beforeAll(async () => {
    compile();
    fleet = await startFleet({ workers: 2, hosts: false });
  }, 120_000);
  afterAll(() => fleet?.stop());

  test('a slow account and one that fails delay nobody else', async () => {
    const traders = await makeTraders(fleet.product, 5, 1);
    const [slow, failing, ...others] = traders;
    const control = createControl(fleet.servers.controlUrl);
    const cyclesOf = async (some: readonly Trader[]) =>
      (await Promise.all(some.map((trader) => statusOf(fleet.product, trader)))).map(({ cycle }) => cycle);
    const all = (counts: number[], least: number) => counts.every((count) => count >= least);
    await eventually(
      () => cyclesOf(traders),
      (counts) => all(counts, 2),
      30_000,
    );
    await control.faults(
      [
        { kind: 'slow', endpoint: '*', probability: 1, account: slow!.userId, delayMs: 4_000 },
        { kind: '5xx', endpoint: '*', probability: 1, account: failing!.userId },
      ],
      1,
    );
    // Their balances have to be asked for, so that the faults are met at all.
    for (const trader of [slow!, failing!])
      void fleet.product.ask(trader.token, 'POST', '/api/trading/emergency-stop', {}).catch(() => undefined);
    const before = await cyclesOf(others);
    const begun = Date.now();
    await eventually(
      () => cyclesOf(others),
      (counts) => counts.every((count, index) => count >= before[index]! + 6),
      30_000,
    );
    // Six cycles of 1 s. Where they waited for the slow account's calls they would take 4 s each.
    expect(Date.now() - begun).toBeLessThan(20_000);
    const stopped = await statusOf(fleet.product, slow!);
    expect(stopped.status).toBe('EMERGENCY_STOPPED');
    await control.clearFaults();
    expect(await stopTraders(fleet.product, traders)).toEqual([]);
    const verdict = await judgeTraders(fleet.product, traders);
    expect({ broken: broken(verdict), verdict }).toMatchObject({ broken: 0 });
  }, 180_000);

  test('share the users, are replaced by a new release while everyone holds, and one that is out of reach loses and doubles nothing', async () => {
    const traders = await makeTraders(fleet.product, 3, 1);
    const change = await rollingChange(fleet, traders, { intervalMs: 1_000 });
    expect(change.openPositions).toBeGreaterThan(0);
    expect(change.incompatible).toMatchObject({ refused: 'DeterminismViolationError' });
    expect(change.compatible).toMatchObject({ refused: null });
    expect(change.compatible.histories).toBeGreaterThanOrEqual(3);
    expect(change.failedTasks).toBe(0);
    expect(change.lateness.length).toBeGreaterThan(0);

    // Frozen in the middle of whatever it does, and let go on with it when others have taken over.
    const { takenOverAfterMs, tasks } = await cutOff(fleet, await busiest(fleet), traders, {
      ms: 8_000,
      atMostMs: 90_000,
    });
    expect(takenOverAfterMs).not.toContain(null);
    expect(tasks.before).toBeGreaterThan(0);
    expect(tasks.during).toBe(0);

    expect(await stopTraders(fleet.product, traders)).toEqual([]);
    const verdict = await judgeTraders(fleet.product, traders);
    expect({ broken: broken(verdict), verdict }).toMatchObject({ broken: 0 });
    expect(verdict.intents).toBeGreaterThan(0);
  }, 300_000);
});
