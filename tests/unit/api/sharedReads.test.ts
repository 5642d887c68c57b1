import { createSharedReads } from '../../../api/services/sharedReads.js';

const OPTIONS = { keepMs: 100, patienceMs: 20, firstPatienceMs: 40, usableMs: 1_000, failureMs: 50, most: 3 };

function lab(options: Partial<typeof OPTIONS> = {}) {
  const clock = { now: 0 };
  const reads = createSharedReads<number>({ ...OPTIONS, ...options, now: () => clock.now });
  let count = 0;
  return {
    clock,
    reads,
    made: () => count,
    /** Counts the reads that are made of it. */
    source: (answer: () => Promise<number>) => () => {
      count += 1;
      return answer();
    },
  };
}

const away = () => Promise.reject(new Error('the exchange is away'));
const never = () => new Promise<number>(() => undefined);

test('fifty who ask in the same moment cost one read, and so do those who ask a little later', async () => {
  const { reads, clock, source, made } = lab();
  const ask = () =>
    reads.read(
      'a',
      source(async () => 7),
    );
  const answers = await Promise.all(Array.from({ length: 50 }, ask));
  expect(answers).toEqual(Array(50).fill({ value: 7, at: 0 }));
  clock.now = 99;
  await ask();
  expect(made()).toBe(1);
  clock.now = 100;
  expect(await ask()).toEqual({ value: 7, at: 100 });
  expect(made()).toBe(2);
});

test('a read is given what the last one brought', async () => {
  const { reads, clock } = lab();
  const count = async (last: number | undefined) => (last ?? 0) + 1;
  await reads.read('a', count);
  clock.now = 200;
  expect((await reads.read('a', count)).value).toBe(2);
});

test('where the exchange fails or is slow the last answer is given, with its time, until it is too old', async () => {
  const { reads, clock, source } = lab();
  await reads.read(
    'a',
    source(async () => 7),
  );
  clock.now = 200;
  expect(await reads.read('a', source(away))).toEqual({ value: 7, at: 0 });
  clock.now = 300;
  expect(await reads.read('a', source(never))).toEqual({ value: 7, at: 0 });
  clock.now = 1_001;
  await expect(reads.read('a', source(away))).rejects.toMatchObject({ status: 503, code: 'EXCHANGE_UNAVAILABLE' });
});

test('a failure is told to everyone, is not asked for again at once, and heals', async () => {
  const { reads, clock, source, made } = lab();
  const failing = () => reads.read('a', source(away));
  const answers = await Promise.allSettled([failing(), failing()]);
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  clock.now = 49;
  await expect(failing()).rejects.toThrow('away');
  expect(made()).toBe(1);
  clock.now = 50;
  expect(
    (
      await reads.read(
        'a',
        source(async () => 8),
      )
    ).value,
  ).toBe(8);
});

test('who has no answer yet is told after a while, and a read that comes late serves the next', async () => {
  const { reads, source, made } = lab();
  let bring: (value: number) => void = () => undefined;
  const late = source(() => new Promise<number>((resolve) => (bring = resolve)));
  await expect(reads.read('a', late)).rejects.toMatchObject({ status: 503, code: 'EXCHANGE_UNAVAILABLE' });
  const next = reads.read('a', late);
  bring(9);
  expect((await next).value).toBe(9);
  expect(made()).toBe(1);
});

test('what was asked for longest ago is forgotten first', async () => {
  const { reads, source } = lab();
  for (const key of ['a', 'b', 'c', 'd'])
    await reads.read(
      key,
      source(async () => 1),
    );
  expect(['a', 'b', 'c', 'd'].map((key) => reads.last(key)?.value)).toEqual([undefined, 1, 1, 1]);
  expect(reads.asked(1_000)).toBe(3);
});
