import type { WorkflowHandle } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { join } from 'node:path';
import { projectRoot } from '../../../adapters/paths.js';
import type { EmergencyRequest } from '../../../trading/types.js';
import { statusQuery } from '../../../workflows/messages.js';
import { type Lab, runsOf, startLab, type TestUser } from '../../support/trading.js';

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;

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

  const replay = (name: string, history: History) =>
    Worker.runReplayHistory(
      { workflowBundle: { codePath }, replayName: name },
      history,
      `trading-${name.split(' ')[0]}`,
    );

  /** No local activity took any time: a replay sees that of the task in which they began. */
  function endedAtOnce(history: History): { ended: History; moved: number } {
    let moved = 0;
    let began: NonNullable<History['events']>[number]['eventTime'];
    const events = (history.events ?? []).map((event) => {
      if (event.workflowTaskStartedEventAttributes) began = event.eventTime;
      const marker = event.markerRecordedEventAttributes;
      const data = marker?.details?.['data']?.payloads?.[0];
      if (marker?.markerName !== 'core_local_activity' || !data?.data) return event;
      const said = JSON.parse(Buffer.from(data.data).toString());
      said.complete_time = { seconds: Number(began?.seconds), nanos: began?.nanos };
      moved += 1;
      const payloads = [{ ...data, data: Buffer.from(JSON.stringify(said)) }];
      const details = { ...marker.details, data: { payloads } };
      return { ...event, markerRecordedEventAttributes: { ...marker, details } };
    });
    return { ended: { ...history, events } as History, moved };
  }

  test('can be replayed, whatever was answered between its local activities and what followed them', async () => {
    const now = new Date().toISOString();
    const fleet = { askedAt: now, haltedAt: now, afterMs: 1_000, overMs: 500, lastsMs: 2_000 };
    const stop: EmergencyRequest = { trigger: 'MANUAL_STOP', reason: 'drill', by: 'test', liquidate: true, fleet };
    const users = await Promise.all(
      Array.from({ length: USERS }, (_, index) =>
        lab.user({
          tradingInterval: index % 2 === 0 ? 1 : 10,
          ...(index % 4 === 0 ? { symbols: ['BTC/USDT'] } : { tradingMode: 'CONSERVATIVE', timeframe: '1d' }),
        }),
      ),
    );
    const quiet = users.map(askAllTheTime);
    await Promise.all(
      users.map(async (user, index) => {
        await user.update('startTrading', {});
        // The stop comes in the middle of a cycle's local activities, or between two.
        await user.until(({ cycle }) => cycle >= (index % 2 === 0 ? 6 : 1), 60_000);
        await user.signal('emergency', stop);
        await user.until(({ emergency }) => Boolean(emergency?.finishedAt), 60_000);
      }),
    );
    for (const stopAsking of quiet) await stopAsking();
    let split = 0;
    for (const user of users) {
      for (const history of await runsOf(lab, user.id)) {
        // A task that was begun by the answer to the one before: local activities were still to be followed.
        split += (history.events ?? []).filter(({ workflowTaskStartedEventAttributes: task }) =>
          task?.requestId?.startsWith('request-from-Respond'),
        ).length;
        await replay(user.id, history);
      }
    }
    expect(split).toBeGreaterThan(USERS);
  }, 180_000);

  test('can be replayed, where its cycles outlast their interval and time has stood still meanwhile', async () => {
    const user = await lab.user({ tradingInterval: 1, symbols: ['BTC/USDT'] });
    const slow = { endpoint: 'GET /api/v3/klines', kind: 'slow', delayMs: 1_300 };
    await lab.control.faults([slow], 1);
    await user.update('startTrading', {});
    await user.until(({ cycle }) => cycle >= 3, 60_000);
    await lab.repositories.config.put(user.id, { tradingInterval: 2 });
    await user.signal('configChanged');
    await user.until(({ cycle }) => cycle >= 6, 60_000);
    await user.update('stopTrading', {});
    await lab.control.faults([], 1);
    let allMoved = 0;
    for (const history of await runsOf(lab, user.id)) {
      const { ended, moved } = endedAtOnce(history);
      allMoved += moved;
      await replay(`${user.id} as it was`, history);
      await replay(`${user.id} in a moment`, ended);
    }
    expect(allMoved).toBeGreaterThan(10);
  }, 120_000);
});
