import fc from 'fast-check';
import { createLimiter } from '../../../adapters/exchange/limiter.js';
import { createBudget, FILL_BY_PRIORITY, PRIORITIES, type Priority } from '../../../adapters/exchange/weightBudget.js';
import { createFakeClock } from './fakeClock.js';

const MINUTE = 60_000;
const START = 1_790_000_060_000; // 20 s into a minute

const header = (used: number, over: object = {}) => ({
  status: 200,
  headers: { 'X-Mbx-Used-Weight-1m': String(used) },
  ...over,
});

describe('the budget', () => {
  test('fills a minute to each priority’s own mark and starts anew with the next', () => {
    const budget = createBudget({ limit: 100, share: 1 });
    const spend = (priority: Priority) => {
      let spent = 0;
      while (budget.take(START, 1, priority) === 0) spent += 1;
      return spent;
    };
    expect([spend('market'), spend('account'), spend('orders'), spend('emergency')]).toEqual([70, 10, 10, 10]);
    expect(budget.take(START, 1, 'emergency')).toBe(MINUTE - (START % MINUTE) + 100);
    for (let i = 0; i < 100; i++) budget.settle(START, 1, { answered: true });
    expect(budget.take(START + MINUTE, 1, 'market')).toBe(0);
  });

  test('believes the header, which counts other processes too', () => {
    const budget = createBudget({ limit: 6000, share: 1 });
    expect(budget.take(START, 20, 'account')).toBe(0);
    budget.settle(START, 20, { usedWeight: 4_500, answered: true });
    expect(budget.state(START).used).toBe(4_500);
    expect(budget.take(START, 20, 'market')).toBeGreaterThan(0);
    expect(budget.take(START, 20, 'account')).toBe(0);
  });

  test('gives back what the exchange did not count, such as orders that succeed', () => {
    const budget = createBudget({ limit: 6000, share: 1 });
    for (let i = 0; i < 500; i++) {
      budget.take(START, 1, 'orders');
      budget.settle(START, 1, { usedWeight: 7, answered: true });
    }
    expect(budget.state(START).used).toBe(7);
  });

  test('counts a request without an answer until a header or the next minute', () => {
    const budget = createBudget({ limit: 6000, share: 1 });
    budget.take(START, 80, 'account');
    budget.settle(START, 80, { answered: false });
    expect(budget.state(START).used).toBe(80);
    expect(budget.state(START + MINUTE).used).toBe(0);
  });

  test('keeps to its share when several workers use one address', () => {
    const budget = createBudget({ limit: 6000, share: 0.25 });
    let spent = 0;
    while (budget.take(START, 10, 'orders') === 0) {
      budget.settle(START, 10, { usedWeight: spent, answered: true });
      spent += 10;
    }
    expect(spent).toBe(6000 * 0.25 * FILL_BY_PRIORITY.orders);
  });

  test('tells how much of its own share is taken, where the address has plenty left', () => {
    const budget = createBudget({ limit: 6000, share: 0.42 });
    while (budget.take(START, 10, 'orders') === 0) budget.settle(START, 10, { usedWeight: 50, answered: true });
    const { used, shareUsed } = budget.state(START);
    expect(used).toBe(50);
    expect(shareUsed).toBeCloseTo(FILL_BY_PRIORITY.orders, 2);
    expect(budget.state(START + MINUTE).shareUsed).toBe(0);
  });

  test('what pages show of accounts leaves weight to their charts, however many ask', () => {
    const budget = createBudget({ limit: 6000, share: 0.15 });
    let shown = 0;
    while (budget.take(START, 20, 'views') === 0) shown += 20;
    expect(shown).toBe(540);
    expect(budget.take(START, 2, 'market')).toBe(0);
  });

  test('lets the request that tells the limit go out of a full minute, but not out of a pause', () => {
    const budget = createBudget({ limit: 6000, share: 1 });
    budget.take(START, 1, 'orders');
    budget.settle(START, 1, { usedWeight: 40_000, answered: true });
    expect(budget.take(START, 20, 'bare')).toBeGreaterThan(0);
    expect(budget.take(START, 20, 'bare', true)).toBe(0);
    budget.pause(START + 5_000);
    expect(budget.take(START, 20, 'bare', true)).toBe(5_000);
  });

  test('keeps weight for bare holdings that no other order work takes', () => {
    const budget = createBudget({ limit: 6000, share: 1 });
    while (budget.take(START, 20, 'orders') === 0);
    expect(budget.take(START, 20, 'bare')).toBe(0);
    while (budget.take(START, 20, 'bare') === 0);
    expect(budget.take(START, 20, 'emergency')).toBe(0);
  });

  test('lets a request that is dearer than its allowance out alone', () => {
    const budget = createBudget({ limit: 20, share: 1 });
    expect(budget.take(START, 80, 'account')).toBe(0);
    expect(budget.take(START, 1, 'account')).toBeGreaterThan(0);
  });

  test('never takes more than the limit in one minute, whatever the order of work', () => {
    const step = fc.record({
      wait: fc.integer({ min: 0, max: 9_000 }),
      weight: fc.integer({ min: 1, max: 20 }),
      priority: fc.constantFrom(...PRIORITIES),
      settle: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const budget = createBudget({ limit: 200, share: 1 });
        const perMinute = new Map<number, number>();
        let now = START;
        for (const { wait, weight, priority, settle } of steps) {
          now += wait;
          if (budget.take(now, weight, priority) > 0) continue;
          const minute = Math.floor(now / MINUTE);
          perMinute.set(minute, (perMinute.get(minute) ?? 0) + weight);
          if (settle) budget.settle(now, weight, { answered: true });
        }
        for (const spent of perMinute.values()) expect(spent).toBeLessThanOrEqual(200);
      }),
      { numRuns: 200 },
    );
  });
});

describe('the limiter', () => {
  const setUp = (limit = 100) => {
    const clock = createFakeClock(START);
    const limiter = createLimiter({ limit, clock });
    const done: string[] = [];
    const ask = (name: string, weight: number, priority: Priority, maxWait = 90_000) =>
      limiter.acquire(weight, priority, maxWait, name).then(
        () => done.push(name),
        (error: Error) => done.push(`${name} ${error.name}`),
      );
    return { clock, limiter, done, ask };
  };

  test('serves by priority first and by age second when the minute is full', async () => {
    const { clock, limiter, done, ask } = setUp();
    void ask('filler', 100, 'emergency');
    await clock.advance(0);
    limiter.settle(100, header(100));
    for (const [name, priority] of [
      ['m1', 'market'],
      ['a1', 'account'],
      ['o1', 'orders'],
      ['o2', 'orders'],
      ['e1', 'emergency'],
    ] as const)
      void ask(name, 1, priority);
    await clock.advance(1_000);
    expect(done).toEqual(['filler']);
    expect(limiter.state()).toMatchObject({ waiting: 5, refused: 0, shareUsed: 1 });
    await clock.advance(MINUTE);
    expect(done).toEqual(['filler', 'e1', 'o1', 'o2', 'a1', 'm1']);
  });

  test('has room for an emergency while market data has none', async () => {
    const { clock, limiter, done, ask } = setUp();
    void ask('market', 70, 'market');
    void ask('more', 1, 'market');
    void ask('emergency', 25, 'emergency');
    await clock.advance(0);
    expect(done).toEqual(['market', 'emergency']);
    limiter.close();
  });

  test('refuses at once what would wait longer than it may, and says for how long', async () => {
    const { limiter, done, ask } = setUp();
    void ask('filler', 100, 'emergency');
    const refused = limiter.acquire(1, 'orders', 5_000, 'placeOrder').catch((error: Error) => error);
    const error = (await refused) as { name: string; message: string; retryAfterMs: number };
    expect(error.name).toBe('RateLimited');
    expect(error.retryAfterMs).toBe(40_100);
    expect(error.message).toBe(
      'placeOrder: not sent, 100 of 100 request weight of this minute is used; free again in 41 s',
    );
    expect(done).toEqual(['filler']);
  });

  test.each([
    [429, { 'Retry-After': '7' }, 7_000],
    [418, { 'retry-after': '180' }, 180_000],
    [418, {}, 120_000],
    [429, {}, 40_000],
  ])('after %i with %j stops everything, emergencies included', async (status, headers, pause) => {
    const { clock, limiter, done, ask } = setUp(6000);
    void ask('first', 1, 'market');
    await clock.advance(0);
    limiter.settle(1, { status, headers });
    expect(limiter.state().bannedUntil).toBe(START + pause);
    void ask('emergency', 1, 'emergency', 600_000);
    await clock.advance(pause - 1);
    expect(done).toEqual(['first']);
    await clock.advance(2);
    expect(done).toEqual(['first', 'emergency']);
    expect(limiter.state().bannedUntil).toBeNull();
  });

  test('does not stop the others for one account’s count of orders', async () => {
    const { clock, limiter, done, ask } = setUp();
    void ask('first', 1, 'orders');
    await clock.advance(0);
    limiter.settle(1, { status: 429, headers: { 'Retry-After': '10' }, accountOnly: true });
    void ask('second', 1, 'orders');
    await clock.advance(0);
    expect(done).toEqual(['first', 'second']);
  });

  test('gives up waiting requests when they have waited long enough', async () => {
    const { clock, limiter, done, ask } = setUp();
    void ask('first', 1, 'market');
    await clock.advance(0);
    void ask('patient', 100, 'market', 50_000);
    await clock.advance(10_000);
    limiter.settle(1, { status: 429, headers: { 'Retry-After': '300' } });
    await clock.advance(60_000);
    expect(done).toEqual(['first', 'patient RateLimited']);
    expect(limiter.state()).toMatchObject({ waiting: 0, refused: 1 });
  });

  test('refuses what waits when it is closed', async () => {
    const { clock, limiter, done, ask } = setUp();
    void ask('filler', 100, 'emergency');
    void ask('waiting', 1, 'market');
    await clock.advance(0);
    limiter.close();
    await clock.advance(0);
    expect(done).toEqual(['filler', 'waiting RateLimited']);
  });
});
