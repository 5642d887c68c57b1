import type { Client } from '@temporalio/client';
import type { Venue } from '../../../activities/dependencies.js';
import type { Repositories } from '../../../adapters/database/repositories.js';
import { createAccountWatch } from '../../../worker/accountWatch.js';

const quiet = { debug() {}, info() {}, warn() {}, error() {} } as never;

function watchOver(holders: string[]) {
  const events: string[] = [];
  const client = {
    workflow: {
      getHandle: (id: string) => ({
        signal: async (_signal: unknown, notice: { status: string }) => void events.push(`${id} ${notice.status}`),
      }),
    },
  } as unknown as Client;
  const venue = {
    key: async (userId: string) => ({ id: userId }),
    exchange: {
      watchAccount: async ({ id }: { id: string }) => {
        events.push(`listening for ${id}`);
        return () => void events.push(`let go of ${id}`);
      },
    },
  } as unknown as Venue;
  const repositories = {
    positions: {
      holders: async () => holders.map((userId) => ({ userId, mode: 'paper' })),
      open: async (userId: string) => (holders.includes(userId) ? [{}] : []),
    },
  } as unknown as Repositories;
  const watch = createAccountWatch(
    client,
    () => venue,
    () => undefined,
    quiet,
    repositories,
  );
  return { watch, events };
}

test('a new worker listens for everybody who holds something, stopped or not', async () => {
  const { watch, events } = watchOver(['a', 'b']);
  await watch.resume();
  expect(events).toContain('listening for a');
  expect(events).toContain('listening for b');
  await watch.close();
});

test('who holds something is looked after once the stream is there, for what filled before it was', async () => {
  const { watch, events } = watchOver(['b']);
  watch.see('flat', 'paper');
  await watch.resume();
  expect(events).toContain('listening for flat');
  expect(events.filter((event) => event.endsWith('RESUMED'))).toEqual(['trading-b RESUMED']);
  expect(events.indexOf('trading-b RESUMED')).toBeGreaterThan(events.indexOf('listening for b'));
  await watch.close();
});

test('nobody is looked after twice where two looks see the same holder', async () => {
  const { watch, events } = watchOver(['b']);
  watch.see('b', 'paper');
  await watch.resume();
  expect(events).toEqual(['listening for b', 'trading-b RESUMED']);
  await watch.close();
});
