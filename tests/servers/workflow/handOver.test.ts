import { eventually, idleUser, type Lab, startLab } from '../../support/trading.js';

/** As a server of somebody else's may be set, or Temporal Cloud. */
const NEVER_SUGGESTED = { temporal: { dynamicConfig: ['limit.historyCount.suggestContinueAsNew=50000'] } };

describe('a server that suggests nothing', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab(NEVER_SUGGESTED);
  }, 120_000);
  afterAll(() => lab?.close(), 60_000);

  test('has its runs handed over all the same, before their histories are long', async () => {
    const user = await idleUser(lab);
    const handle = lab.client.workflow.getHandle(`trading-${user.id}`);
    const { runId } = await handle.describe();
    const { cycle } = await user.status();
    await Promise.all(Array.from({ length: 520 }, () => user.signal('configChanged')));
    await eventually(
      async () => (await handle.describe()).runId,
      (now) => now !== runId,
    );
    const first = await lab.client.workflow.getHandle(`trading-${user.id}`, runId).fetchHistory();
    expect(first.events!.length).toBeLessThan(800);
    await user.update('stopTrading', {});
    expect(await user.until(({ status }) => status === 'STOPPED')).toMatchObject({ cycle });
    await eventually(
      () => lab.repositories.config.get(user.id),
      (settings) => settings?.isEnabled === false,
    );
  }, 120_000);
});
