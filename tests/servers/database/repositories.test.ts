import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectDatabase, type Database } from '../../../adapters/database/connect.js';
import { createExpiry } from '../../../adapters/database/expiry.js';
import { MIGRATIONS, migrate } from '../../../adapters/database/migrations.js';
import { BackupError, restoreBackup, writeBackup } from '../../../adapters/database/backup.js';
import { rotateMasterKey } from '../../../adapters/database/rotation.js';
import { sealAddress } from '../../../adapters/notifications/index.js';
import { open, seal } from '../../../adapters/secrets/envelope.js';
import { createRepositories, type Repositories } from '../../../adapters/database/repositories.js';
import { readAnchor } from '../../../adapters/auditAnchor.js';
import { auditLog } from '../../../launcher/doctor/servers.js';
import { startExpiry } from '../../../api/expiry.js';
import { createAuditWatch } from '../../../api/watchdog/auditLook.js';
import { BUILT_IN } from '../../../adapters/config/tradingConfig.js';
import { openBook } from '../../../trading/reconcile/index.js';
import { masterKeys, parseKeys } from '../../../adapters/secrets/master-keys.js';
import type { Position, StatusView } from '../../../trading/types.js';
import type { Logger } from '../../../adapters/log.js';
import { temporaryFolder } from '../../support/folders.js';
import { startServers, type TestServers, testSettings } from '../../support/servers.js';
import { eventually } from '../../support/trading.js';

const USER = 'user-1';
const oldKey = parseKeys('a'.repeat(64), 'test')[0]!;
const newKey = parseKeys('b'.repeat(64), 'test')[0]!;
let servers: TestServers;
let database: Database;
let store: Repositories;

beforeAll(async () => {
  servers = await startServers({ mongodb: true });
  database = await connectDatabase(servers.mongodbUri, { serverSelectionTimeoutMS: 2_000 });
  store = createRepositories(database, masterKeys([oldKey]));
}, 60_000);
afterAll(async () => {
  await database?.close();
  await servers?.stop();
});

const count = async (collection: keyof Database['models'], filter: object): Promise<number> =>
  (await (database.models[collection].find({ ...filter }).lean() as Promise<unknown[]>)).length;

const view = (cycle: number, more: Partial<StatusView> = {}): StatusView => ({
  status: 'RUNNING',
  riskState: 'ACTIVE',
  mode: 'paper',
  since: '2026-01-01T00:00:00.000Z',
  uptimeSeconds: 1,
  cycle,
  lastCycleAt: null,
  nextCycleAt: null,
  activeSignals: 0,
  tradesToday: 0,
  dailyPnl: 0,
  dailyPnlPct: 0,
  equity: 10_000,
  openPositions: 0,
  refusals: [],
  lastError: null,
  emergency: null,
  ...more,
});

const snapshot = (marketTime: number, equity: number) => ({
  marketTime,
  equity,
  cash: equity,
  positionsValue: 0,
  realizedPnl: 0,
  unrealizedPnl: 0,
  fees: 0,
  dailyPnl: 0,
  dailyPnlPct: 0,
  drawdownPct: 0,
});

describe('a cycle', () => {
  const record = (cycle: number, at: number) => ({
    cycle,
    at,
    logs: [
      { logLevel: 'INFO' as const, component: 'ENGINE' as const, message: `Cycle ${cycle}` },
      { logLevel: 'WARNING' as const, component: 'RISK' as const, message: 'refused' },
    ],
    signals: [
      {
        id: `${USER}:BTC/USDT:${cycle}`,
        signal: {
          symbol: 'BTC/USDT',
          type: 'BUY' as const,
          confidence: 61.4,
          entryPrice: 100,
          stopLoss: 99,
          takeProfit: 102,
          candleTime: at,
          reasons: ['trend'],
        },
      },
    ],
    snapshot: snapshot(Date.parse('2024-08-01T10:07:00Z'), 10_000 + cycle),
    status: { view: view(cycle), revision: at },
  });

  test('is written once however often it is recorded', async () => {
    const at = Date.now();
    await store.status.create(USER, 'paper');
    for (let i = 0; i < 3; i++) await store.cycle.recordCycle(USER, record(1, at));
    expect(await count('logs', { userId: USER })).toBe(2);
    expect(await count('signals', { userId: USER })).toBe(1);
    expect(await count('performance', { userId: USER })).toBe(1);
    expect((await store.status.get(USER))?.cycle).toBe(1);
    const day = await database.models.equityDays.findById(`${USER}:2024-08-01`).lean();
    expect(day).toMatchObject({ first: 10_001, last: 10_001, points: { 121: [expect.any(Number), 10_001, 0] } });
  });

  test("keeps a unit's value with its point of the curve, where it was counted", async () => {
    const counted = { ...snapshot(Date.parse('2024-08-02T10:07:00Z'), 10_000), unitValue: 9_900.5, unitsSince: 17 };
    await store.cycle.recordCycle(USER, { ...record(2, Date.now()), snapshot: counted });
    const day = await database.models.equityDays.findById(`${USER}:2024-08-02`).lean();
    expect(day).toMatchObject({ points: { 121: [counted.marketTime, 10_000, 0, 9_900.5, 17] } });
    expect(await database.models.performance.findById(`${USER}:2`).lean()).toMatchObject({ unitValue: 9_900.5 });
  });

  test('recorded late does not undo a newer status', async () => {
    const at = Date.now();
    await store.cycle.recordCycle(USER, record(6, at));
    await store.cycle.recordCycle(USER, record(5, at - 60_000));
    expect((await store.status.get(USER))?.cycle).toBe(6);
    expect(await count('logs', { userId: USER, message: 'Cycle 5' })).toBe(1);
  });

  test('gone through anew tells what it had not told, the same things once, and of what there is one of one', async () => {
    const at = Date.now();
    const told = (message: string, name?: string) => ({
      logLevel: 'INFO' as const,
      component: 'ENGINE' as const,
      message,
      ...(name ? { name } : {}),
    });
    const logs = [told('kept'), told('Cycle 12: prices', 'cycle')];
    await store.cycle.recordCycle(USER, { ...record(12, at), logs });
    const anew = [told('kept'), told('bought'), told('Cycle 12: later prices', 'cycle')];
    await store.cycle.recordCycle(USER, { ...record(12, at + 1), logs: anew });
    const found = await database.models.logs.find({ _id: new RegExp(`^${USER}:c12:`) }).lean<{ message: string }[]>();
    expect(found.map(({ message }) => message).sort()).toEqual(['Cycle 12: prices', 'bought', 'kept']);
  });

  test('of each of several users at the same time is written whole, and one that cannot be written fails alone', async () => {
    const ids = Array.from({ length: 30 }, (_, index) => `crowd-${index}`);
    await Promise.all(ids.map((id) => store.status.create(id, 'paper')));
    const itself: Record<string, unknown> = {};
    itself['self'] = itself;
    const of = (id: string, index: number) => ({
      ...record(index + 1, Date.now()),
      logs: [
        { logLevel: 'INFO' as const, component: 'ENGINE' as const, message: id, data: index === 7 ? itself : null },
      ],
      signals: [],
    });
    const ends = await Promise.allSettled(ids.map((id, index) => store.cycle.recordCycle(id, of(id, index))));
    expect(ends.flatMap(({ status }, index) => (status === 'rejected' ? [index] : []))).toEqual([7]);
    const asked = [...ids, 'crowd-nobody', ids[3]!];
    const found = await Promise.all(asked.map((id) => store.status.get(id)));
    const cycles = ids.map((_, index) => (index === 7 ? 0 : index + 1));
    expect(found.map((status) => status?.cycle ?? null)).toEqual([...cycles, null, 4]);
    expect(found[5]).toMatchObject({ _id: 'crowd-5', userId: 'crowd-5', halted: false });
    expect(await count('logs', { userId: { $in: ids } })).toBe(29);
    expect(await count('performance', { userId: { $in: ids } })).toBe(29);
  });

  test('is written by a server without the new bulk command, too', async () => {
    const older = createRepositories({ ...database, bulkWriteAcrossCollections: false }, masterKeys([oldKey]));
    for (let i = 0; i < 2; i++) await older.cycle.recordCycle(USER, record(9, Date.now()));
    expect(await count('logs', { _id: new RegExp(`^${USER}:c9:`) })).toBe(2);
    expect((await store.status.get(USER))?.cycle).toBe(9);
  });

  test('says what went wrong where it was not a duplicate', async () => {
    const gone = await connectDatabase(servers.mongodbUri, { migrate: false });
    await gone.close();
    const broken = createRepositories(gone, masterKeys([oldKey]));
    await expect(broken.cycle.recordCycle(USER, record(10, Date.now()))).rejects.toThrow();
  });
});

test('a connection pool is as large as the address says, and holds twenty where it says nothing', async () => {
  const few = await connectDatabase(`${servers.mongodbUri}&maxPoolSize=4`, { migrate: false });
  expect(few.connection.getClient().options.maxPoolSize).toBe(4);
  await few.close();
  expect(database.connection.getClient().options.maxPoolSize).toBe(20);
});

describe('what has outlived its TTL index', () => {
  const DAY = 86_400_000;
  const MINUTE = 60_000;
  const left = async () =>
    (await database.models.logs.find({ userId: 'expiry' }).lean<{ message: string }[]>())
      .map(({ message }) => message)
      .sort();
  const write = (message: string, timestamp: number) =>
    database.models.logs.create([
      {
        _id: `expiry:${message}`,
        userId: 'expiry',
        timestamp: new Date(timestamp),
        logLevel: 'INFO',
        component: 'ENGINE',
        message,
        data: {},
      },
    ]);
  const session = (id: string, expiresAt: number) =>
    database.models.sessions.create([
      {
        _id: id,
        userId: 'expiry',
        publicId: id,
        kind: 'session',
        csrf: null,
        createdAt: new Date(),
        lastUsedAt: new Date(),
        expiresAt: new Date(expiresAt),
      },
    ]);

  test('is removed by the minute, thoroughly at first and once a day, and nothing else is', async () => {
    const now = Date.now();
    const ended = now - 90 * DAY;
    const sweep = createExpiry(database);
    await write('a year ago', now - 365 * DAY);
    await write('five days over', ended - 5 * DAY);
    await write('just over', ended - 1);
    await write('a minute to live', ended + MINUTE - 1);
    await write('new', now);
    await session('expiry-over', now - 1);
    await session('expiry-valid', now + DAY);
    expect(await sweep(now)).toBeGreaterThanOrEqual(4);
    expect(await left()).toEqual(['a minute to live', 'new']);
    expect(await count('sessions', { userId: 'expiry' })).toBe(1);

    await write('late, five days over', ended - 5 * DAY);
    expect(await sweep(now + MINUTE)).toBe(1);
    expect(await left()).toEqual(['late, five days over', 'new']);
    await sweep(now + DAY);
    expect(await left()).toEqual(['new']);
    await database.models.sessions.deleteMany({ userId: 'expiry' });
  }, 60_000);

  test('is removed by the API as long as it lives, also after a sweep that failed', async () => {
    const warned: unknown[] = [];
    const log = { warn: (...said: unknown[]) => warned.push(said) } as unknown as Logger;
    const gone = await connectDatabase(servers.mongodbUri, { migrate: false });
    await gone.close();
    const stopFailing = startExpiry(gone, log, 10);
    await eventually(
      async () => warned.length,
      (times) => times >= 2,
    );
    stopFailing();

    await session('expiry-by-the-api', Date.now() - 1);
    const stop = startExpiry(database, log, 10);
    await eventually(
      () => count('sessions', { userId: 'expiry' }),
      (left) => left === 0,
    );
    stop();
  }, 60_000);

  test('is left to a later sweep where the database does not answer', async () => {
    const gone = await connectDatabase(servers.mongodbUri, { migrate: false });
    const sweep = createExpiry(gone);
    await gone.close();
    await expect(sweep(Date.now())).rejects.toThrow();
  });
});

describe('an order', () => {
  const order = {
    userId: USER,
    intentId: 'intent-1',
    clientOrderId: 'client-1',
    symbol: 'BTC/USDT',
    side: 'BUY' as const,
    type: 'MARKET',
    purpose: 'ENTRY' as const,
    quantity: '0.00123400',
    mode: 'paper' as const,
  };

  test('is stored before it is sent, once', async () => {
    expect(await store.orders.insertIntent(order)).toBe(true);
    expect(await store.orders.insertIntent({ ...order, quantity: '9' })).toBe(false);
    const stored = await store.orders.get('client-1');
    expect(stored).toMatchObject({ quantity: 0.001234, filledQuantity: 0, intentId: 'intent-1' });
  });

  test('moves on only from where it is, and tells how it got there', async () => {
    const from = (await store.orders.get('client-1'))!.status;
    expect(await store.orders.transition('client-1', ['UNKNOWN'], 'FILLED', 'query')).toBe(false);
    expect(
      await store.orders.transition('client-1', ['UNKNOWN', from], 'ACKNOWLEDGED', 'response', {
        exchangeOrderId: '7',
      }),
    ).toBe(true);
    const both = await Promise.all([
      store.orders.transition('client-1', ['ACKNOWLEDGED'], 'FILLED', 'stream', {
        filledQuantity: '0.001234',
        averagePrice: '61000.5',
      }),
      store.orders.transition('client-1', ['ACKNOWLEDGED'], 'FILLED', 'query', { filledQuantity: '0.001234' }),
    ]);
    expect(both.filter(Boolean)).toHaveLength(1);
    const stored = await store.orders.get('client-1');
    expect(stored?.transitions.map(({ to }) => to)).toEqual([from, 'ACKNOWLEDGED', 'FILLED']);
    expect(await store.orders.openByUser(USER)).toEqual([]);
  });

  test('with a quantity that is no number is refused by the name of the field', async () => {
    const wrong = { ...order, clientOrderId: 'client-2', quantity: 'NaN' };
    await expect((async () => store.orders.insertIntent(wrong))()).rejects.toThrow(/quantity/);
  });
});

describe('a position', () => {
  const position: Position = {
    id: 'p-1',
    symbol: 'BTC/USDT',
    status: 'OPEN',
    quantity: '0.00000007',
    entryQuantity: '0.00123400',
    entryPrice: '61000.12345678',
    entryFee: '0.07',
    entryTime: 1_722_000_000_000,
    stopPrice: '60000',
    targetPrice: '63000',
    highestPrice: '61000',
    partialTaken: false,
    protection: { orderListId: '1', stopClientOrderId: 's', targetClientOrderId: 't', quantity: '0.001', kind: 'OCO' },
    unprotectedSince: null,
    intentId: 'intent-1',
    realizedPnl: '-0.00000001',
  };

  test('comes back as it was stored, in plain decimals', async () => {
    expect(await store.positions.insert(USER, position, { mode: 'paper' })).toBe(true);
    expect(await store.positions.insert(USER, position, { mode: 'paper' })).toBe(false);
    const [open] = await store.positions.open(USER);
    expect(open).toMatchObject({ ...position, entryQuantity: '0.001234', version: 1, userId: USER });
  });

  test('is changed by whoever saw its latest version, and by nobody else', async () => {
    const results = await Promise.all([
      store.positions.update('p-1', 1, { stopPrice: '60500' }),
      store.positions.update('p-1', 1, { stopPrice: '60600' }),
    ]);
    expect(results.filter(Boolean)).toHaveLength(1);
    const exit = { exitTime: 1, exitPrice: '62000', exitReason: 'target', realizedPnl: '1.5' } as const;
    expect(await store.positions.close('p-1', 1, exit)).toBe(false);
    expect(await store.positions.close('p-1', 2, exit)).toBe(true);
    expect(await store.positions.open(USER)).toEqual([]);
  });
});

describe('fills and trades', () => {
  const fill = (tradeId: string) => ({
    tradeId,
    orderId: '7',
    symbol: 'BTC/USDT',
    side: 'BUY' as const,
    price: '61000',
    quantity: '0.001',
    fee: '0.000001',
    feeAsset: 'BTC',
    time: 1_722_000_000_000,
  });
  test('are stored once, also when some of them are known', async () => {
    expect(await store.fills.insert(USER, [fill('1'), fill('2')])).toBe(2);
    expect(await store.fills.insert(USER, [fill('2'), fill('3')])).toBe(1);
    expect(await store.fills.insert(USER, [fill('1')])).toBe(0);
    expect(await store.fills.insert('other', [fill('1')])).toBe(1);
    expect((await store.fills.byOrder(USER, '7')).map(({ tradeId }) => tradeId)).toEqual(['1', '2', '3']);
  });
  test('closed trades are found by when they closed, those of one mode', async () => {
    const close = (exitTime: number, mode: 'paper' | 'live' = 'paper') => {
      const position = { positionId: `closed-${exitTime}`, symbol: 'BTC/USDT', entryTime: exitTime - 1 };
      const money = {
        entryPrice: '61000',
        exitPrice: '60000',
        quantity: '0.001',
        fees: '0.1',
        pnl: '-1',
        pnlPct: -1.6,
      };
      const trade = { ...position, ...money, exitTime, exitReason: 'stop' as const };
      return store.trades.insert('closer', trade, { day: '2024-07-26', mode });
    };
    for (const time of [4000, 1000, 3000, 2000]) await close(time);
    await close(5000, 'live');
    const times = (trades: { exitTime: Date }[]) => trades.map(({ exitTime }) => exitTime.getTime());
    expect(times(await store.trades.closedSince('closer', 'paper', new Date(3000))).sort()).toEqual([3000, 4000]);
    expect(times(await store.trades.newest('closer', 'paper', 3, 4000))).toEqual([4000, 3000, 2000]);
    expect(await store.trades.newest('nobody', 'paper', 3, 4000)).toEqual([]);
  });
});

test('an account book that a newer release wrote is gone on with, and keeps what only that one knows', async () => {
  const at = new Date(1_000);
  const beginning = {
    version: 1,
    openedAt: at,
    openedMarketTime: 1,
    countedTo: at,
    countedLately: [],
    comparedAt: null,
  };
  const book = openBook({ totals: { USDT: '10' }, ownFills: [], transfers: [] }).book;
  await store.accountBooks.open('booked', 'paper', {
    ...beginning,
    book,
    tradeCursors: {},
    seen: [],
    foreignOrders: [],
  });
  const raw = database.connection.db!.collection<{ _id: string; newer?: string }>('account_books');
  await raw.updateOne({ _id: 'paper:booked' }, { $set: { newer: 'kept' } });
  const read = (await store.accountBooks.get('booked', 'paper'))!;
  expect(await store.accountBooks.put('booked', 'paper', { ...read, foreignOrders: ['x'] })).toBe(true);
  expect(await store.accountBooks.put('booked', 'paper', { ...read, foreignOrders: ['y'] })).toBe(false);
  expect(await raw.findOne({ _id: 'paper:booked' })).toMatchObject({ newer: 'kept', foreignOrders: ['x'], version: 2 });
});

describe('who is overdue', () => {
  const at = (seconds: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds)).toISOString();

  test('are those who trade and whose cycle was to begin before then, with the interval they set', async () => {
    const users = {
      late: view(1, { nextCycleAt: at(10) }),
      reducing: view(1, { status: 'REDUCING', nextCycleAt: at(20) }),
      punctual: view(1, { nextCycleAt: at(30) }),
      stopped: view(1, { status: 'STOPPED', nextCycleAt: at(10) }),
      underWay: view(1),
    };
    for (const [name, status] of Object.entries(users)) {
      await store.config.create(`due-${name}`, { ...BUILT_IN, tradingInterval: 60 });
      await store.status.create(`due-${name}`, 'paper');
      await store.status.put(`due-${name}`, status, Date.now());
    }
    const due = await store.status.dueBefore(new Date(at(30)));
    expect(due.filter(({ userId }) => userId.startsWith('due-')).sort((a, b) => a.nextCycleAt - b.nextCycleAt)).toEqual(
      [
        { userId: 'due-late', nextCycleAt: Date.parse(at(10)), interval: 60 },
        { userId: 'due-reducing', nextCycleAt: Date.parse(at(20)), interval: 60 },
      ],
    );
  });
});

describe('halts', () => {
  test('raise the epoch, and users of whom nothing is known are halted', async () => {
    const before = await store.status.haltState(USER);
    expect(await store.status.halt(USER)).toBe(true);
    expect(await store.status.haltState(USER)).toEqual({ halted: true, epoch: before.epoch + 1 });
    expect(await store.status.halt('nobody')).toBe(false);
    await store.status.release(USER);
    expect(await store.status.haltState(USER)).toEqual({ halted: false, epoch: before.epoch + 1 });
    expect(await store.status.haltState('nobody')).toEqual({ halted: true, epoch: 0 });
  });
  test('of everybody are one write, pend until each workflow has taken its own, and leave a halt that was taken alone', async () => {
    const ids = ['one', 'two', 'three', 'four'].map((name) => `fleet-${name}`);
    for (const id of ids) await store.status.create(id, 'paper');
    const [one, two, three, four] = ids as [string, string, string, string];
    await store.status.halt(three);
    const now = new Date().toISOString();
    const fleet = { askedAt: now, haltedAt: now, afterMs: 0, overMs: 0 };
    await store.status.haltAll([one, two, three], { reason: 'first', fleet });
    expect((await store.status.withPendingStop()).sort()).toEqual([one, two]);
    expect(await store.status.haltState(three)).toEqual({ halted: true, epoch: 1 });
    expect(await store.status.haltState(four)).toEqual({ halted: false, epoch: 0 });

    expect(await store.status.takeHalt(one)).toBe(true);
    expect(await store.status.get(one)).toMatchObject({ status: 'EMERGENCY_STOPPED', pendingStop: null });
    expect(await store.status.takeHalt(four)).toBe(false);
    // The second stop finds one of them taken, and the other as the first one left it.
    await store.status.haltAll([one, two], { reason: 'second', fleet });
    expect(await store.status.get(two)).toMatchObject({
      halted: true,
      haltEpoch: 2,
      pendingStop: { reason: 'second' },
    });
    expect(await store.status.withPendingStop()).toEqual([two]);

    // What a user has asked for themselves is not replaced.
    const own = { reason: 'own', liquidate: true, halted: { askedAt: now, haltedAt: now } };
    await store.status.haltBefore(four, own);
    await store.status.haltAll([four], { reason: 'second', fleet });
    expect(await store.status.get(four)).toMatchObject({ status: 'STOPPED', halted: true, pendingStop: own });
    expect(await store.status.ownPendingStops()).toEqual(new Map([[four, own]]));
    await store.status.release(four);

    // A cycle that was under way shows nobody as trading again.
    await store.status.create('fleet-runs', 'paper');
    const running = { ...(await store.status.get('fleet-runs'))!, status: 'RUNNING' as const };
    await store.status.put('fleet-runs', running, 1);
    await store.status.haltTraders({ reason: 'third' });
    expect(await store.status.put('fleet-runs', running, Date.now() + 60_000)).toBe(false);
    expect(await store.status.get('fleet-runs')).toMatchObject({
      status: 'EMERGENCY_STOPPED',
      halted: true,
      haltEpoch: 1,
      pendingStop: { reason: 'third' },
    });
    expect(await store.status.haltState(four)).toEqual({ halted: false, epoch: 1 });
    expect(await store.status.takeHalt('fleet-runs')).toBe(true);

    // A start that looked before the second stop lifts nothing.
    await store.status.release(two, 1);
    expect(await store.status.haltState(two)).toEqual({ halted: true, epoch: 2 });
    await store.status.release(two, 2);
    expect(await store.status.get(two)).toMatchObject({ halted: false, pendingStop: null });
  });
  test('of the fleet are kept until the release', async () => {
    await store.flags.haltFleet('admin', 'drill');
    expect(await store.flags.fleet()).toMatchObject({ halted: true, reason: 'drill', epoch: 1 });
    await store.flags.releaseFleet('admin');
    expect(await store.flags.fleet()).toMatchObject({ halted: false, epoch: 1 });
  });
});

describe('settings', () => {
  test('of nested groups are replaced in part', async () => {
    await store.config.create('user-2', BUILT_IN);
    expect(await store.config.put('user-2', { maxPositions: 9, risk: { maxDrawdownPct: 7 } })).toBe(true);
    const stored = await store.config.get('user-2');
    expect(stored).toMatchObject({ maxPositions: 9, risk: { ...BUILT_IN.risk, maxDrawdownPct: 7 }, isEnabled: false });
    expect(await store.config.put('nobody', { maxPositions: 1 })).toBe(false);
  });
  test('are not marked as stopped where a start came since they were read', async () => {
    await store.config.create('user-starting', BUILT_IN, new Date(1));
    await store.config.setEnabled('user-starting', true, new Date(2));
    await store.config.disableUnlessChanged('user-starting', new Date(1));
    expect((await store.config.get('user-starting'))?.isEnabled).toBe(true);
    await store.config.disableUnlessChanged('user-starting', new Date(2));
    expect((await store.config.get('user-starting'))?.isEnabled).toBe(false);
  });
  test('are not written where the account has gone to another venue since it was decided', async () => {
    const put = (mode: 'paper' | 'live', shadow: boolean) =>
      store.config.put('user-2', { maxPositions: 4 }, { mode, shadow });
    expect(await put('live', false)).toBe(false);
    expect(await put('paper', true)).toBe(false);
    expect(await put('paper', false)).toBe(true);
    // Documents of the first version know no shadow mode.
    await database.connection
      .db!.collection('auto_trading_config')
      .updateOne({ userId: 'user-2' }, { $unset: { shadow: '' } });
    expect(await put('paper', true)).toBe(false);
    expect(await put('paper', false)).toBe(true);
  });
  test('with a field that no schema knows are refused', async () => {
    await expect(store.config.put('user-2', { nonsense: 1 } as never)).rejects.toThrow(/nonsense/);
  });
});

describe('exchange keys', () => {
  const pair = { apiKey: 'the-api-key-of-anna', secret: 'the-secret-of-anna' };
  test('are nowhere in the database but sealed, and open for their owner only', async () => {
    await store.credentials.put('anna', 'binance', pair);
    const raw = await database.models.credentials.findById('anna:binance').lean();
    expect(JSON.stringify(raw)).not.toMatch(/the-api-key|the-secret/);
    expect(await store.credentials.reveal('anna', 'binance')).toMatchObject(pair);
    expect(JSON.stringify(await store.credentials.get('anna', 'binance'))).not.toContain('ciphertext');
    await database.models.credentials.create([{ ...raw, _id: 'ben:binance', userId: 'ben' }]);
    await expect(store.credentials.reveal('ben', 'binance')).rejects.toThrow(/does not open/);
    await store.credentials.remove('ben', 'binance');
  });
  test('outlive the change of the master key', async () => {
    const both = masterKeys([newKey, oldKey]);
    const totp = {
      secret: seal(masterKeys([oldKey]), 'totp', 'totp:anna'),
      confirmed: true,
      lastStep: 0,
      recovery: [],
    };
    const now = new Date();
    await store.users.insert({
      _id: 'anna',
      email: 'a@b',
      emailVerified: true,
      passwordHash: '-',
      role: 'user',
      locale: 'en',
      disabled: false,
      totp,
      createdAt: now,
      updatedAt: now,
    });
    const discord = { webhook: sealAddress(masterKeys([oldKey]), 'anna', 'discord', 'hook'), hint: '', verified: true };
    await store.notifications.putSettings('anna', { discord });
    expect(await rotateMasterKey(database, both)).toEqual({ rewrapped: 3, current: 0 });
    expect(await rotateMasterKey(database, both)).toEqual({ rewrapped: 0, current: 3 });
    const renewed = (await store.users.get('anna'))!.totp!.secret;
    expect(open(masterKeys([newKey]), renewed, 'totp:anna')).toBe('totp');
    const after = createRepositories(database, masterKeys([newKey]));
    expect(await after.credentials.reveal('anna', 'binance')).toMatchObject(pair);
    await expect(store.credentials.reveal('anna', 'binance')).rejects.toThrow(/master key/);
  });
});

describe('failed sign-ins', () => {
  test('are counted together, whichever process sees them, begin anew when their time is over, and name nobody', async () => {
    const other = createRepositories(database, masterKeys([oldKey])).signInFailures;
    const ours = store.signInFailures;
    const now = new Date();
    await Promise.all(Array.from({ length: 10 }, (_, i) => (i % 2 ? ours : other).add('anna@example.org', 60, now)));
    expect(await other.get('anna@example.org', now)).toEqual({ count: 10, until: new Date(now.getTime() + 60_000) });
    expect(await ours.get('ben@example.org', now)).toBeNull();
    const later = new Date(now.getTime() + 61_000);
    expect(await ours.get('anna@example.org', later)).toBeNull();
    await ours.add('anna@example.org', 60, later);
    expect(await other.get('anna@example.org', later)).toMatchObject({ count: 1 });
    expect(JSON.stringify(await database.models.signInFailures.find({}).lean())).not.toContain('example');
    await other.forget('anna@example.org');
    expect(await ours.get('anna@example.org', later)).toBeNull();
  });
});

describe('the audit log', () => {
  test('is one chain, however many write at once, and shows what was changed or taken out', async () => {
    const other = createRepositories(database, masterKeys([oldKey]));
    const writes = Array.from({ length: 12 }, (_, i) =>
      (i % 2 ? store : other).audit.append({
        actorId: 'a',
        userId: 'b',
        action: `test.${i}`,
        changes: { i, z: 1, a: 2 },
      }),
    );
    await Promise.all(writes);
    expect(await store.audit.verify()).toBeNull();
    const anchor = await store.audit.head();
    expect(anchor.place).toBe(12);
    await database.models.audit.updateOne({ _id: 5 }, { $set: { action: 'test.forged' } });
    expect(await store.audit.verify()).toEqual({ place: 5, problem: 'CHANGED' });
    await database.models.audit.deleteOne({ _id: 5 });
    expect(await store.audit.verify()).toEqual({ place: 5, problem: 'MISSING' });
    await database.models.audit.deleteMany({ _id: { $gte: 5 } });
    expect(await store.audit.verify()).toBeNull();
    expect(await store.audit.verify(anchor)).toEqual({ place: 5, problem: 'MISSING' });
  });

  test('is watched against an anchor outside of the database: a cut end and a chain written anew show', async () => {
    const said: object[] = [];
    const dataDir = temporaryFolder('audit');
    // Looked at anew by each process that starts, as after a restart.
    const look = () =>
      createAuditWatch(createRepositories(database, masterKeys([oldKey])).audit, {
        dataDir: dataDir.path,
        log: { info: (fields) => void said.push(fields) },
      }).look(Date.now());
    try {
      await database.models.audit.deleteMany({});
      const entry = { actorId: 'a', userId: 'b', action: 'test' };
      const fresh = createRepositories(database, masterKeys([oldKey])).audit;
      for (let number = 0; number < 3; number += 1) await fresh.append(entry);
      expect(await look()).toBeNull();
      const anchor = readAnchor(dataDir.path)!;
      expect(anchor).toEqual(await fresh.head());
      expect(said).toEqual([anchor]);
      await fresh.append(entry);
      expect(await fresh.verify(anchor, { sinceAnchor: true })).toBeNull();
      expect(await look()).toBeNull();
      expect(readAnchor(dataDir.path)).toEqual(await fresh.head());

      await database.models.audit.deleteOne({ _id: 4 });
      expect(await look()).toEqual({ place: 4, problem: 'MISSING' });
      // Another entry in its place: the chain alone is whole again.
      const forger = createRepositories(database, masterKeys([oldKey])).audit;
      await forger.append({ ...entry, action: 'forged' });
      expect(await forger.verify()).toBeNull();
      expect(await look()).toEqual({ place: 4, problem: 'CHANGED' });
      const settings = testSettings({ MONGODB_URI: servers.mongodbUri, DATA_DIR: dataDir.path });
      expect(await auditLog(settings)).toMatchObject({ state: 'bad', found: 'entry 4 of 4 is CHANGED' });
      expect(await forger.verify(readAnchor(dataDir.path), { sinceAnchor: true })).toEqual({
        place: 4,
        problem: 'CHANGED',
      });
    } finally {
      dataDir.remove();
      await database.models.audit.deleteMany({});
    }
  });
});

describe('a backup', () => {
  test('brings everything back, and is refused when it was changed, cut, or opened with another key', async () => {
    const keys = masterKeys([oldKey]);
    const path = join(servers.dataDir, 'all.backup');
    const counts = await writeBackup(database, keys, path);
    expect(counts['orders']).toBe(1);
    const bytes = readFileSync(path);
    expect(bytes.includes('client-1')).toBe(false);
    const empty = await connectDatabase(servers.mongodbUri.replace(/\/\w+(\?|$)/, '/restored$1'));
    try {
      const attempt = (content: Buffer) => {
        writeFileSync(`${path}.bad`, content);
        return restoreBackup(empty, keys, `${path}.bad`);
      };
      const changed = Buffer.from(bytes);
      changed[bytes.length - 40]! ^= 1;
      await expect(attempt(changed)).rejects.toThrow(BackupError);
      await expect(attempt(bytes.subarray(0, bytes.length - 60))).rejects.toThrow(BackupError);
      await expect(attempt(Buffer.from('something else'))).rejects.toThrow(/no backup/);
      await expect(restoreBackup(empty, masterKeys([newKey]), path)).rejects.toThrow(/master key/);
      expect(await empty.models.orders.find({}).lean()).toEqual([]);
      expect(await restoreBackup(empty, keys, path)).toEqual(expect.objectContaining({ orders: 1, positions: 1 }));
      const [was, is] = await Promise.all(
        [database, empty].map((one) => one.models.orders.findById('client-1').lean()),
      );
      expect(is).toEqual(was);
      await expect(restoreBackup(empty, keys, path)).rejects.toThrow(/not empty/);
    } finally {
      await empty.close();
    }
  });
});

describe('migrations', () => {
  test('run once, in order, also when two processes come at the same time', async () => {
    const ran: string[] = [];
    const step = (id: string) => ({ id, name: id, run: async () => void ran.push(id) });
    const all = [step('9001'), step('9002')];
    await Promise.all([migrate(database, all), migrate(database, all)]);
    expect(ran).toEqual(['9001', '9002']);
    expect(await migrate(database, all)).toEqual([]);
  });
  test('give signals from before a day on which they are forgotten, unless they became trades', async () => {
    const signals = database.connection.db!.collection<{ _id: string }>('ai_signals_log');
    const old = { userId: 'old', executed: false, createdAt: new Date() };
    await signals.insertMany([
      { ...old, _id: 'old:1' },
      { ...old, _id: 'old:2', executed: true },
    ] as never[]);
    await database.models.migrations.deleteOne({ _id: MIGRATIONS[0]!.id });
    expect(await migrate(database)).toEqual([MIGRATIONS[0]!.name]);
    const [first, second] = await database.models.signals.find({ userId: 'old' }).sort({ _id: 1 }).lean();
    expect(first!.forgetAt!.getTime()).toBeGreaterThan(Date.now() + 89 * 86_400_000);
    expect(second!.forgetAt).toBeUndefined();
    await store.signals.markExecuted('old:1', '5', true);
    expect((await database.models.signals.findById('old:1').lean())!.forgetAt).toBeNull();
    await signals.deleteMany({ userId: 'old' } as never);
  });
  test('leave active only the signals whose position is open', async () => {
    const signals = database.connection.db!.collection<{ _id: string }>('ai_signals_log');
    const positions = database.connection.db!.collection<{ _id: string }>('positions');
    const old = { userId: 'old', active: true, createdAt: new Date() };
    await signals.insertMany([
      { ...old, _id: 'old:closed', executed: true },
      { ...old, _id: 'old:open', executed: true },
      { ...old, _id: 'old:refused', executed: false },
    ] as never[]);
    await positions.insertMany([
      { _id: 'p:closed', userId: 'old', status: 'CLOSED', signalId: 'old:closed' },
      { _id: 'p:open', userId: 'old', status: 'OPEN', signalId: 'old:open' },
    ] as never[]);
    await database.models.migrations.deleteOne({ _id: MIGRATIONS[2]!.id });
    expect(await migrate(database)).toEqual([MIGRATIONS[2]!.name]);
    const active = await database.models.signals.find({ userId: 'old', active: true }).lean();
    expect(active.map(({ _id }) => _id)).toEqual(['old:open']);
    await signals.deleteMany({ userId: 'old' } as never);
    await positions.deleteMany({ userId: 'old' } as never);
  });
  test('replace CSRF tokens by their hashes', async () => {
    const sessions = database.connection.db!.collection<{ _id: string }>('sessions');
    const token = 'c'.repeat(43);
    const known = createHash('sha256').update(token).digest('hex');
    await sessions.insertMany([
      { _id: 'old', csrf: token },
      { _id: 'new', csrf: known },
      { _id: 'token', csrf: null },
    ] as never[]);
    await database.models.migrations.deleteOne({ _id: MIGRATIONS[1]!.id });
    expect(await migrate(database)).toEqual([MIGRATIONS[1]!.name]);
    const stored = await sessions.find({}).sort({ _id: 1 }).toArray();
    expect(stored.map((one) => (one as { csrf?: string }).csrf)).toEqual([known, known, null]);
    await sessions.deleteMany({});
  });
  test('made the indexes that hot filters need', async () => {
    const indexes = await database.connection.db!.collection('auto_trading_logs').indexes();
    expect(indexes.map(({ key }) => key)).toContainEqual({ userId: 1, timestamp: -1 });
    expect(indexes.find(({ expireAfterSeconds }) => expireAfterSeconds)?.expireAfterSeconds).toBe(90 * 86_400);
    const equity = await database.connection.db!.collection('performance_data').indexes();
    expect(equity.find(({ key }) => key['recordedAt'] === 1)?.expireAfterSeconds).toBe(90 * 86_400);
  });
});
