import { Worker } from '@temporalio/worker';
import { join } from 'node:path';
import { projectRoot } from '../../../adapters/paths.js';
import type { EmergencyRequest } from '../../../trading/types.js';
import { statusQuery } from '../../../workflows/messages.js';
import { type Lab, startLab, type TestUser } from '../../support/trading.js';

const codePath = join(projectRoot(), 'dist', 'workflow-bundle.js');
const USERS = 16;

describe('a workflow that is asked all the time', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab();
  }, 120_000);
  afterAll(() => lab?.close(), 60_000);

  /** A question waits at every moment, so that many workflow tasks are answered in the middle of their local activities. */
  function askAllTheTime(user: TestUser): () => Promise<void> {
    const handle = lab.client.workflow.getHandle(`trading-${user.id}`);
    let over = false;
    const asking = async (): Promise<void> => {
      while (!over) await handle.query(statusQuery).catch(() => undefined);
    };
    const all = [asking(), asking(), asking()];
    return async () => {
      over = true;
      await Promise.all(all);
    };
  }

  test('can be replayed, whatever was answered between its local activities and what followed them', async () => {
    const now = new Date().toISOString();
    const fleet = { askedAt: now, haltedAt: now, afterMs: 1_000, overMs: 500, lastsMs: 2_000 };
    const stop: EmergencyRequest = { trigger: 'MANUAL_STOP', reason: 'drill', by: 'test', liquidate: true, fleet };
    const users = await Promise.all(
      Array.from({ length: USERS }, (_, index) =>
        // No cycle may end near the next one's time: workflows/patches.ts.
        lab.user({
          tradingInterval: 60,
          ...(index % 4 === 0 ? { symbols: ['BTC/USDT'] } : { tradingMode: 'CONSERVATIVE', timeframe: '1d' }),
        }),
      ),
    );
    const quiet = users.map(askAllTheTime);
    await Promise.all(
      users.map(async (user) => {
        await user.update('startTrading', {});
        await user.until(({ cycle }) => cycle >= 1, 60_000);
        await user.signal('emergency', stop);
        await user.until(({ emergency }) => Boolean(emergency?.finishedAt), 60_000);
      }),
    );
    for (const stopAsking of quiet) await stopAsking();
    let split = 0;
    for (const user of users) {
      const history = await lab.client.workflow.getHandle(`trading-${user.id}`).fetchHistory();
      // A task that was begun by the answer to the one before: local activities were still to be followed.
      split += (history.events ?? []).filter(({ workflowTaskStartedEventAttributes: task }) =>
        task?.requestId?.startsWith('request-from-Respond'),
      ).length;
      await Worker.runReplayHistory(
        { workflowBundle: { codePath }, replayName: user.id },
        history,
        `trading-${user.id}`,
      );
    }
    expect(split).toBeGreaterThan(USERS);
  }, 180_000);
});
