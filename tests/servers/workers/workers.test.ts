import { broken } from '../../../commands/campaign/judge.js';
import { judgeTraders, makeTraders, stopTraders } from '../../../commands/chaos/traders.js';
import { type Fleet, startFleet } from '../../../commands/workers/fleet.js';
import { busiest, cutOff, rollingChange } from '../../../commands/workers/trial.js';
import { compile } from '../../support/servers.js';

/** Of the trading loop, s. */
const INTERVAL = 3;

describe('two workers at once', () => {
  let fleet: Fleet;
  beforeAll(async () => {
    compile();
    fleet = await startFleet({ workers: 2, hosts: false });
  }, 120_000);
  afterAll(() => fleet?.stop());

  test('share the users, are replaced by a new release while everyone holds, and one that is out of reach loses and doubles nothing', async () => {
    const traders = await makeTraders(fleet.product, 3, INTERVAL);
    const change = await rollingChange(fleet, traders, { intervalMs: INTERVAL * 1_000 });
    expect(change.openPositions).toBeGreaterThan(0);
    expect(change.incompatible).toMatchObject({ refused: 'DeterminismViolationError' });
    expect(change.compatible).toMatchObject({ refused: null });
    expect(change.compatible.histories).toBeGreaterThanOrEqual(3);
    expect(change.failedTasks).toBe(0);
    expect(change.lateness.length).toBeGreaterThan(0);
    // One time of the grid may be missed where a worker is replaced, never the next one as well.
    expect(change.skipped).toBeLessThanOrEqual(traders.length * fleet.workers.length);
    expect(change.longestOverdueMs).toBeLessThan(2 * INTERVAL * 1_000);

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
