import { broken } from '../../../commands/campaign/judge.js';
import { judgeTraders, makeTraders, stopTraders } from '../../../commands/chaos/traders.js';
import { type Fleet, startFleet } from '../../../commands/workers/fleet.js';
import { cutOff, rollingRestart } from '../../../commands/workers/trial.js';
import { compile } from '../../support/servers.js';

describe('two workers at once', () => {
  let fleet: Fleet;
  beforeAll(async () => {
    compile();
    fleet = await startFleet({ workers: 2, hosts: false });
  }, 120_000);
  afterAll(() => fleet?.stop());

  test('share the users, are replaced while everyone trades, and one that is out of reach loses and doubles nothing', async () => {
    const traders = await makeTraders(fleet.product, 3, 1);
    const { lateness } = await rollingRestart(fleet, traders, { rounds: 1, intervalMs: 1_000 });
    expect(lateness.length).toBeGreaterThan(0);

    // Frozen in the middle of whatever it does, and let go on with it when others have taken over.
    const { takenOverAfterMs, tasks } = await cutOff(fleet, fleet.workers[0]!, traders, {
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
