import { generateKeyPairSync, verify } from 'node:crypto';
import { createExchangeClock } from '../../../adapters/exchange/clock.js';
import { createHealthWindow } from '../../../adapters/exchange/health.js';
import { createInstanceCache } from '../../../adapters/exchange/instances.js';
import { judgePermissions } from '../../../adapters/exchange/keyVerification.js';
import { signedParams } from '../../../adapters/exchange/streams/signing.js';
import { CIRCUIT } from '../../../trading/risk/index.js';
import { addressesOf } from '../../../adapters/exchange/venues.js';

describe('the exchange clock', () => {
  const setUp = (trips: { late: number; skew: number }[]) => {
    const time = { now: 1_000_000, wallShift: 0 };
    let asked = 0;
    const clock = createExchangeClock(
      async () => {
        const { late, skew } = trips[Math.min(asked++, trips.length - 1)]!;
        const server = time.now + late + skew;
        time.now += 2 * late;
        return server;
      },
      { wall: () => time.now + time.wallShift, monotonic: () => time.now },
    );
    return { clock, time, asked: () => asked };
  };

  test('believes the quickest of its samples', async () => {
    const { clock, asked } = setUp([
      { late: 200, skew: 5_130 },
      { late: 5, skew: 5_000 },
      { late: 90, skew: 4_950 },
    ]);
    expect(await clock.read()).toMatchObject({ offset: 5_000, roundTrip: 10 });
    expect(asked()).toBe(3);
  });

  test('asks once for everyone, and not again while it is fresh', async () => {
    const { clock, time, asked } = setUp([{ late: 1, skew: 10 }]);
    await Promise.all([clock.read(), clock.read(), clock.read()]);
    time.now += 29_000;
    await clock.read();
    expect(asked()).toBe(3);
    time.now += 31_000;
    await clock.read(); // answers with what it has and measures beside it
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked()).toBe(4);
  });

  test('measures again when our own clock was set, and when it is told to', async () => {
    const { clock, time, asked } = setUp([{ late: 1, skew: 10 }]);
    await clock.read();
    time.wallShift = -60_000;
    expect(clock.known()).toBeNull();
    expect((await clock.read()).offset).toBeCloseTo(60_010, 0);
    clock.invalidate();
    await clock.read();
    expect(asked()).toBe(9);
  });

  test('fails with the exchange when it never had an answer, and tries again', async () => {
    let broken = true;
    const clock = createExchangeClock(async () => {
      if (broken) throw new Error('away');
      return Date.now();
    });
    await expect(clock.read()).rejects.toThrow('away');
    broken = false;
    expect(Math.abs((await clock.read()).offset)).toBeLessThan(1_000);
  });
});

test('health counts the window only', () => {
  const health = createHealthWindow(10_000);
  expect(health.read(0)).toMatchObject({ lastSuccessAt: null, errorRatePct: 0, latencyMs: 0, calls: 0 });
  for (let i = 1; i <= 20; i++) health.record(1_000, true, i);
  for (let i = 0; i < 5; i++) health.record(2_000, false, 9_999);
  expect(health.read(3_000)).toMatchObject({ lastSuccessAt: 1_000, errorRatePct: 20, latencyMs: 19, calls: 25 });
  expect(health.read(11_500)).toMatchObject({ lastSuccessAt: 1_000, errorRatePct: 100, latencyMs: 0, calls: 5 });
});

test('failures in a row open the circuit, and two good calls after its time close it', () => {
  const health = createHealthWindow(60_000);
  const phase = (): string => health.read(100_000).circuit.phase;
  for (let i = 0; i < CIRCUIT.failuresToOpen; i++) health.record(1_000, false, 5);
  expect(phase()).toBe('open');
  health.record(1_500, true, 5);
  expect(phase()).toBe('open');
  health.record(1_000 + CIRCUIT.firstOpenMs, true, 5);
  expect(phase()).toBe('half-open');
  health.record(1_001 + CIRCUIT.firstOpenMs, true, 5);
  expect(phase()).toBe('closed');
});

test('the cache of instances drops the one that was used longest ago, and forgets failures', async () => {
  const made: string[] = [];
  const cache = createInstanceCache<string>(2);
  const get = (id: string) =>
    cache.get(id, async () => {
      made.push(id);
      return `${id}${made.length}`;
    });
  expect(await Promise.all([get('a'), get('a')])).toEqual(['a1', 'a1']);
  await get('b');
  await get('a');
  await get('c');
  expect([await get('a'), await get('b')]).toEqual(['a1', 'b4']);
  expect(cache.size()).toBe(2);
  cache.forget('b');
  await expect(cache.get('b', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await get('b')).toBe('b5');
});

test('an instance that nobody asked for since a time is dropped, and made anew when it is asked for', async () => {
  let now = 1_000;
  const cache = createInstanceCache<string>(9, () => now);
  const make = (text: string) => () => Promise.resolve(text);
  await cache.get('a', make('a'));
  now = 2_000;
  await cache.get('b', make('b'));
  now = 3_000;
  await cache.get('a', make('not made'));
  cache.forgetUnused(3_000);
  expect(await cache.get('a', make('not made'))).toBe('a');
  expect(await cache.get('b', make('anew'))).toBe('anew');
});

test('a key that can do anything but trade spot is refused', () => {
  const good = {
    canTrade: true,
    canWithdraw: false,
    canTransfer: false,
    canMargin: false,
    canFutures: false,
    ipRestricted: true,
  };
  expect(judgePermissions(good)).toEqual({ accepted: true, refused: [], warnings: [] });
  expect(judgePermissions({ ...good, ipRestricted: false })).toEqual({
    accepted: true,
    refused: [],
    warnings: ['NO_IP_LIST'],
  });
  const greedy = {
    canTrade: false,
    canWithdraw: true,
    canTransfer: true,
    canMargin: true,
    canFutures: true,
    ipRestricted: false,
  };
  expect(judgePermissions(greedy)).toEqual({
    accepted: false,
    refused: ['CANNOT_TRADE', 'CAN_WITHDRAW', 'CAN_TRANSFER', 'CAN_MARGIN', 'CAN_FUTURES'],
    warnings: ['NO_IP_LIST'],
  });
});

test('an address serves REST and streams on one host and port', () => {
  expect(addressesOf('simulator', 'http://127.0.0.1:9/')).toEqual({
    api: 'http://127.0.0.1:9/api/v3',
    sapi: 'http://127.0.0.1:9/sapi/v1',
    marketStream: 'ws://127.0.0.1:9/ws',
    userStream: 'ws://127.0.0.1:9/ws-api/v3',
  });
  expect(addressesOf('binance', 'https://proxy.example').userStream).toBe('wss://proxy.example/ws-api/v3');
  expect(addressesOf('testnet').api).toContain('testnet');
  expect(() => addressesOf('simulator')).toThrow('EXCHANGE_URL');
});

test.each(['ed25519', 'rsa'] as const)('a private key of kind %s signs the sorted parameters', (kind) => {
  const pair = kind === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ed25519');
  const secret = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const { signature, ...sent } = signedParams({ apiKey: 'key', secret }, { timestamp: 5, recvWindow: 9 });
  expect(sent).toEqual({ apiKey: 'key', timestamp: 5, recvWindow: 9 });
  const payload = Buffer.from('apiKey=key&recvWindow=9&timestamp=5');
  expect(
    verify(kind === 'rsa' ? 'sha256' : null, payload, pair.publicKey, Buffer.from(String(signature), 'base64')),
  ).toBe(true);
});
