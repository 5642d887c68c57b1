import { keptFresh } from '../../../adapters/exchange/keptFresh.js';

describe('what is read seldom and needed always', () => {
  /** Readings that the test answers. */
  function setUp() {
    const time = { now: 0 };
    const readings: { answer(value: number): void; fail(): void }[] = [];
    const read = (): Promise<number> =>
      new Promise((resolve, reject) => {
        readings.push({ answer: resolve, fail: () => reject(new Error('away')) });
      });
    const ask = keptFresh(read, { freshMs: 1_000, againMs: 100, now: () => time.now });
    /** Until what was answered has been taken. */
    const settled = (): Promise<void> => new Promise((next) => setImmediate(next));
    return { time, readings, ask, settled };
  }
  /** The same after a first reading, which gave 1. */
  async function afterFirst() {
    const lab = setUp();
    const first = lab.ask();
    lab.readings[0]!.answer(1);
    await first;
    return lab;
  }

  test('is read once for all who ask before there is an answer', async () => {
    const { readings, ask } = setUp();
    const all = Promise.all([ask(), ask(), ask()]);
    readings[0]!.answer(1);
    expect(await all).toEqual([1, 1, 1]);
    expect(readings).toHaveLength(1);
  });

  test('is given at once when it is old, and read anew beside that', async () => {
    const { time, readings, ask, settled } = await afterFirst();
    time.now = 1_000;
    expect(await ask()).toBe(1);
    expect(await ask()).toBe(1);
    expect(readings).toHaveLength(2);
    readings[1]!.answer(2);
    await settled();
    expect(await ask()).toBe(2);
    expect(readings).toHaveLength(2);
  });

  test('stays what it was where a reading fails, and is read again after a while', async () => {
    const { time, readings, ask, settled } = await afterFirst();
    time.now = 1_000;
    await ask();
    readings[1]!.fail();
    await settled();
    time.now = 1_099;
    expect(await ask()).toBe(1);
    expect(readings).toHaveLength(2);
    time.now = 1_100;
    expect(await ask()).toBe(1);
    expect(readings).toHaveLength(3);
  });

  test('fails only who asks before there is any answer; the next who asks begins again', async () => {
    const { readings, ask } = setUp();
    const first = ask();
    readings[0]!.fail();
    await expect(first).rejects.toThrow('away');
    const second = ask();
    readings[1]!.answer(1);
    expect(await second).toBe(1);
    expect(await ask()).toBe(1);
    expect(readings).toHaveLength(2);
  });
});
