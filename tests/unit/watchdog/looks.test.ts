import { NotSupportedByVenue } from '../../../adapters/exchange/errors.js';
import { lookAround, type LookOptions } from '../../../api/watchdog/looks.js';

const NOW = 1_700_000_000_000;
const GIB = 2 ** 30;
const options: LookOptions = {
  dataDir: '.',
  namespace: 'default',
  workerSilentMs: 75_000,
  overdueFloorMs: 60_000,
  diskOf: () => Promise.resolve({ bavail: 50 * GIB, blocks: 100 * GIB, bsize: 1 }),
};

interface World {
  lastPoll: number;
  ping: () => Promise<void>;
  due: { userId: string; nextCycleAt: number; interval: number }[];
  temporal: () => Promise<void>;
  tickers: () => Promise<void>;
}
const fine: World = {
  lastPoll: NOW - 10_000,
  ping: () => Promise.resolve(),
  due: [],
  temporal: () => Promise.resolve(),
  tickers: () => Promise.resolve(),
};

function look(over: Partial<World> = {}, with_: Partial<LookOptions> = {}) {
  const world = { ...fine, ...over };
  const describeTaskQueue = async () => {
    await world.temporal();
    return { pollers: [{ lastAccessTime: { seconds: world.lastPoll / 1000, nanos: 0 } }] };
  };
  const deps = {
    client: { withDeadline: (_at: number, ask: () => unknown) => ask(), workflowService: { describeTaskQueue } },
    database: { ping: world.ping },
    repositories: { status: { dueBefore: () => Promise.resolve(world.due) } },
    venue: () => ({ exchange: { market: { tickers: world.tickers } } }),
  };
  return lookAround(deps as never, { ...options, ...with_ }, NOW);
}
const keys = async (...of: Parameters<typeof look>) => (await look(...of)).bad.map(({ key }) => key);
const fails = (message: string) => () => Promise.reject(new Error(message));

test('nothing is found where everything answers', async () => {
  expect(await look()).toEqual({ at: NOW, bad: [], unknown: [] });
});

test('a worker that has not asked for work is missing, with the time it was last seen', async () => {
  expect((await look({ lastPoll: NOW - 80_000 })).bad).toEqual([{ key: 'worker', detail: '2023-11-14 22:12:00 UTC' }]);
  expect(await keys({ lastPoll: NOW - 70_000 })).toEqual([]);
});

test('without Temporal it is not known whether there is a worker', async () => {
  expect(await look({ temporal: fails('14 UNAVAILABLE') })).toMatchObject({
    bad: [{ key: 'temporal', detail: '14 UNAVAILABLE' }],
    unknown: ['worker'],
  });
});

test('without the database it is not known whose cycles are late; its address is not told', async () => {
  const seen = await look({ ping: fails('connect to mongodb://user:secret@host failed') });
  expect(seen).toMatchObject({
    bad: [{ key: 'database', detail: 'connect to … failed' }],
    unknown: ['cycles', 'cycle'],
  });
});

test('late cycles are found for the user and counted for the administrators', async () => {
  const due = [{ userId: 'u', nextCycleAt: NOW - 400_000, interval: 60 }];
  expect(await keys({ due })).toEqual(['cycles', 'cycle:u']);
});

test('an exchange that does not answer is found', async () => {
  expect(await keys({ tickers: fails('ECONNREFUSED') })).toEqual(['exchange']);
});

test('an exchange that does not list the symbol it is asked about has answered', async () => {
  const tickers = () => Promise.reject(new NotSupportedByVenue('Invalid symbol.'));
  expect(await keys({ tickers })).toEqual([]);
});

test('a disk that is nearly full is found with what is left; one that cannot be asked is unknown', async () => {
  const diskOf = () => Promise.resolve({ bavail: GIB / 2, blocks: 100 * GIB, bsize: 1 });
  expect((await look({}, { diskOf })).bad).toEqual([{ key: 'disk', detail: '0.50 GiB' }]);
  expect((await look({}, { diskOf: fails('ENOENT') })).unknown).toEqual(['disk']);
});

test('a broken audit log is found, and one that cannot be read stays as it was', async () => {
  const audit = (look: () => Promise<{ place: number; problem: 'CHANGED' } | null>) => ({ audit: { look } });
  expect(
    (
      await look(
        {},
        audit(() => Promise.resolve({ place: 7, problem: 'CHANGED' })),
      )
    ).bad,
  ).toEqual([{ key: 'audit', detail: 'entry 7 CHANGED' }]);
  expect(
    await keys(
      {},
      audit(() => Promise.resolve(null)),
    ),
  ).toEqual([]);
  expect(await look({}, audit(fails('no server')))).toMatchObject({ bad: [], unknown: ['audit'] });
});
