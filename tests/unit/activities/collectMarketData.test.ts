import type { StoredConfig } from '../../../adapters/database/configRepository.js';
import type { Repositories } from '../../../adapters/database/repositories.js';
import { loadDefaultConfig } from '../../../adapters/config/defaults.js';
import { createCycleReads } from '../../../activities/cycleReads.js';
import type { ActivityDependencies } from '../../../activities/dependencies.js';
import { collectMarketData } from '../../../activities/market/collectMarketData.js';
import type { EmergencyRequest } from '../../../trading/types.js';

describe('the first step of a cycle', () => {
  const stop: EmergencyRequest = { trigger: 'MANUAL_STOP', reason: 'fleet: drill' };

  /** One user's books; the exchange answers nothing, and every question to the status is counted. */
  function userWith(config: Partial<StoredConfig>, status: { halted: boolean; pendingStop: EmergencyRequest | null }) {
    const asked = { exchange: 0, status: 0 };
    const repositories = {
      config: { get: () => Promise.resolve({ ...loadDefaultConfig(), ...config }) },
      status: {
        get: () => {
          asked.status += 1;
          return Promise.resolve(status);
        },
      },
    } as unknown as Repositories;
    const venue = (): never => {
      asked.exchange += 1;
      throw new Error('the exchange does not answer');
    };
    const deps = { repositories, venue, now: () => 0 } as unknown as ActivityDependencies;
    const reads = createCycleReads(repositories, () => 0);
    return { asked, look: () => collectMarketData(deps, reads, { userId: 'u', cycle: 1 }) };
  }

  test('tells of a stop that halted the user, and asks the exchange nothing', async () => {
    const { asked, look } = userWith({ isEnabled: false }, { halted: true, pendingStop: stop });
    const report = await look();
    expect(report.pendingStop).toEqual(stop);
    expect(report.failure).toBeUndefined();
    expect(asked).toEqual({ exchange: 0, status: 1 });
  });

  test('asks for no stop while the user is enabled', async () => {
    const { asked, look } = userWith({ isEnabled: true }, { halted: true, pendingStop: stop });
    expect((await look()).failure?.message).toBe('the exchange does not answer');
    expect(asked).toEqual({ exchange: 1, status: 0 });
  });

  test('goes on to the market where the halt was taken already', async () => {
    const { look } = userWith({ isEnabled: false }, { halted: true, pendingStop: null });
    const report = await look();
    expect(report.pendingStop).toBeUndefined();
    expect(report.failure?.message).toBe('the exchange does not answer');
  });
});
