import type { NotificationDocument, OrderDocument } from '../../../adapters/database/documents.js';
import type { KeyWatch } from '../../../activities/account/liveKeys.js';
import { openTrading } from '../../../activities/control.js';
import type { ActivityDependencies } from '../../../activities/dependencies.js';
import { stopFleet } from '../../../api/services/fleet.js';
import { createTradingService } from '../../../api/services/trading.js';
import type { EmergencyReceipt, EmergencyRequest, StatusView } from '../../../trading/types.js';
import {
  eventsOf,
  eventually,
  holdingUser,
  idleUser,
  isLocalStep,
  type Lab,
  startLab,
  type TestUser,
} from '../../support/trading.js';

describe('a stop of everybody', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab();
  }, 120_000);
  afterAll(() => lab?.close(), 60_000);
  afterEach(() => lab.repositories.flags.releaseFleet('test'));

  const idle = (tradingInterval?: number): Promise<TestUser> => idleUser(lab, tradingInterval);
  const stop = (more: { liquidate?: boolean } = {}) =>
    stopFleet(
      {
        database: lab.database,
        repositories: lab.repositories,
        trading: createTradingService(lab.client, lab.repositories),
      },
      { by: 'test', reason: 'drill', ...more },
    );
  const turn = (afterMs: number): EmergencyRequest => {
    const now = new Date().toISOString();
    const fleet = { askedAt: now, haltedAt: now, afterMs, overMs: 0 };
    return { trigger: 'MANUAL_STOP', reason: 'fleet: drill', by: 'administrator test', fleet };
  };
  const finished = async (user: TestUser): Promise<EmergencyReceipt> =>
    (await user.until(({ emergency }) => Boolean(emergency?.finishedAt))).emergency!;
  const told = (userId: string) =>
    lab.database.models.notifications.find({ userId, type: 'EMERGENCY_STOP' }).lean<NotificationDocument[]>();
  const recorded = (userId: string): Promise<Pick<StatusView, 'status' | 'emergency'> | null> =>
    lab.repositories.status.get(userId);
  const entriesSince = (userId: string, haltedAt: string) =>
    lab.database.models.orders
      .find({ userId, purpose: 'ENTRY', createdAt: { $gt: new Date(haltedAt) } })
      .lean<OrderDocument[]>();

  test('halts who trades and sells what is held; a second call has nobody left', async () => {
    const other = await idle(1);
    const holder = await holdingUser(lab);
    await eventually(
      () => lab.repositories.status.get(holder.id),
      (status) => status?.openPositions === 1,
    );
    const called = Date.now();
    expect(await stop({ liquidate: true })).toEqual({
      fleetStopped: true,
      reached: 2,
      halted: 2,
      stragglers: [],
      failed: [],
    });
    const [sold, flat] = [await finished(holder), await finished(other)];
    expect(sold.liquidated).toMatchObject([{ symbol: 'BTC/USDT' }]);
    expect(sold).toMatchObject({ positionsAfter: [], openOrdersAfter: 0, notified: true, reason: 'fleet: drill' });
    expect(flat).toMatchObject({ liquidated: [], positionsAfter: [], openOrdersAfter: 0, notified: true });
    // Who had nothing under way is halted since everybody was.
    expect(Date.parse(flat.haltedAt!) - called).toBeLessThan(1_000);
    for (const [user, receipt] of [
      [holder, sold],
      [other, flat],
    ] as const) {
      expect([receipt.triggeredAt, receipt.haltedAt, receipt.finishedAt].toSorted()).toEqual([
        receipt.triggeredAt,
        receipt.haltedAt,
        receipt.finishedAt,
      ]);
      expect(await entriesSince(user.id, receipt.haltedAt!)).toEqual([]);
      expect(await told(user.id)).toHaveLength(1);
      const last = await eventually(
        () => recorded(user.id),
        (status) => status?.emergency?.finishedAt === receipt.finishedAt,
      );
      expect(last).toMatchObject({ status: 'EMERGENCY_STOPPED', emergency: receipt });
    }
    expect(await stop({ liquidate: true })).toMatchObject({ reached: 0, halted: 0 });
    await expect(other.update('startTrading', {})).rejects.toThrow();
  });

  test('who holds nothing waits, EMERGENCY_STOPPED and halted, also over the death of the worker', async () => {
    const user = await idle();
    const request = turn(5_000);
    await lab.repositories.status.haltAll([user.id], request);
    await user.signal('emergency', request);
    await user.until(({ emergency }) => emergency?.haltedAt === request.fleet!.haltedAt);
    expect(await recorded(user.id)).toMatchObject({ status: 'EMERGENCY_STOPPED', halted: true, pendingStop: null });
    lab.worker.kill();
    const receipt = await finished(user);
    expect(Date.parse(receipt.finishedAt!) - Date.parse(receipt.triggeredAt)).toBeGreaterThan(4_900);
    expect(receipt.steps.map(({ text }) => text)).toContain('Holds nothing, and lets those go first who do: 5 s');
    expect(await told(user.id)).toHaveLength(1);
  });

  test('values whom it sold when it is over, and holds up no reset, start or fill until then', async () => {
    const holder = await holdingUser(lab);
    const request = turn(0);
    request.fleet!.lastsMs = 3_000;
    await holder.signal('emergency', { ...request, liquidate: true });
    const receipt = await finished(holder);
    expect(receipt.liquidated).toMatchObject([{ symbol: 'BTC/USDT' }]);
    const timeOf = ({ eventTime }: { eventTime?: { seconds?: unknown; nanos?: number | null } | null }): number =>
      Number(eventTime!.seconds) * 1_000 + (eventTime!.nanos ?? 0) / 1e6;
    const isLook = isLocalStep('runSafetyChecks');
    const looksSince = async () =>
      (await eventsOf(lab, holder.id)).filter(
        (event) => timeOf(event) > Date.parse(receipt.finishedAt!) && isLook(event),
      );
    const [look] = await eventually(looksSince, (found) => found.length > 0);
    expect(timeOf(look!) - Date.parse(request.fleet!.askedAt)).toBeGreaterThan(2_900);

    const again = await holdingUser(lab);
    const long = turn(0);
    long.fleet!.lastsMs = 600_000;
    await again.signal('emergency', { ...long, liquidate: true });
    await finished(again);
    await again.update('reset', { by: 'test', reason: 'seen' });
    await again.update('startTrading', {});
    expect((await again.status()).status).toBe('RUNNING');
    await again.update('emergencyStop', { liquidate: true });
    expect((await finished(again)).positionsAfter).toEqual([]);
  });

  test('the own emergency of a user who waits ends the wait', async () => {
    const user = await idle();
    await user.signal('emergency', turn(600_000));
    await user.until(({ status }) => status === 'EMERGENCY_STOPPED');
    const receipt = await user.update<EmergencyReceipt>('emergencyStop', { reason: 'own' });
    expect(receipt).toMatchObject({ reason: 'fleet: drill', notified: true });
    expect(receipt.finishedAt).not.toBeNull();
  });

  test('that died before it told anybody is found by the next cycle, also after the release', async () => {
    const user = await idle(1);
    const request = turn(0);
    await lab.repositories.status.haltAll([user.id], request);
    expect(await finished(user)).toMatchObject({ trigger: 'MANUAL_STOP', reason: 'fleet: drill', notified: true });
    expect(await told(user.id)).toHaveLength(1);
    await user.update('reset', { by: 'test', reason: 'seen' });
    await user.update('startTrading', {});
    const { cycle } = await user.status();
    expect((await user.until((status) => status.cycle >= cycle + 2)).status).toBe('RUNNING');
    await user.update('stopTrading', {});
  });

  test('that died before it told anybody is finished by a second call', async () => {
    const [running, stopped] = [await idle(), await idle()];
    await stopped.update('stopTrading', {});
    await eventually(
      () => recorded(stopped.id),
      (status) => status?.status === 'STOPPED',
    );
    await lab.repositories.flags.haltFleet('test', 'first call');
    await lab.repositories.status.haltAll([running.id, stopped.id], turn(600_000));
    // Whoever traded is shown as stopped although their workflow has not heard of it.
    const trading = createTradingService(lab.client, lab.repositories);
    const shown = await trading.status(running.id);
    expect(shown).toMatchObject({ status: 'EMERGENCY_STOPPED', nextCycleAt: null, fleet: { stopped: true } });
    expect(shown.emergency).toMatchObject({ reason: 'fleet: drill', finishedAt: null, notified: false });
    expect(shown.emergency!.haltedAt).toBe(shown.emergency!.triggeredAt);
    expect((await running.status()).status).toBe('RUNNING');
    expect((await trading.status(stopped.id)).status).toBe('STOPPED');
    expect(await stop()).toMatchObject({ reached: 2, halted: 2, stragglers: [] });
    for (const user of [running, stopped]) {
      expect(await finished(user)).toMatchObject({ reason: 'fleet: drill' });
      expect(await told(user.id)).toHaveLength(1);
    }
  });

  test('that was released meanwhile stops nobody any more who has been reset and started since', async () => {
    const user = await idle();
    const { repositories } = lab;
    const release = async (): Promise<void> => {
      await repositories.flags.releaseFleet('test');
      await user.update('reset', { by: 'test', reason: 'seen' });
      await user.update('startTrading', {});
    };
    let told = 0;
    const service = createTradingService(lab.client, repositories);
    const trading = {
      async signalEmergency(userId: string, request: EmergencyRequest) {
        await service.signalEmergency(userId, request);
        told += 1;
        await finished(user);
        await release();
      },
    };
    await stopFleet({ database: lab.database, repositories, trading }, { by: 'test', reason: 'drill' });
    // The background of the call is over with its second round.
    await eventually(
      () => repositories.status.withPendingStop(),
      (pending) => pending.length === 0,
    );
    expect(told).toBe(1);
    expect((await user.status()).status).toBe('RUNNING');
    expect(await repositories.status.get(user.id)).toMatchObject({ halted: false, pendingStop: null });
    await user.update('stopTrading', {});
  });

  test('that could not be told to a stopped user is lifted by their next start, once the fleet is released', async () => {
    const user = await idle();
    await user.update('stopTrading', {});
    await lab.repositories.flags.haltFleet('test', 'first call');
    await lab.repositories.status.haltAll([user.id], turn(0));
    await expect(user.update('startTrading', {})).rejects.toThrow();
    await lab.repositories.flags.releaseFleet('test');
    await user.update('startTrading', {});
    expect(await lab.repositories.status.get(user.id)).toMatchObject({ halted: false, pendingStop: null });
    await user.update('stopTrading', {});
  });

  test('is seen by a start that had looked for it just before', async () => {
    const user = await lab.user({});
    const { repositories } = lab;
    let looks = 0;
    const flags = {
      ...repositories.flags,
      async fleet() {
        const seen = await repositories.flags.fleet();
        if (looks++ === 0) await repositories.flags.haltFleet('test', 'in between');
        return seen;
      },
    };
    const deps = { repositories: { ...repositories, flags }, now: Date.now } as unknown as ActivityDependencies;
    const keys = { checked: () => Promise.resolve(null) } as unknown as KeyWatch;
    const gate = await openTrading(deps, keys, { userId: user.id, by: 'test' });
    expect(gate).toMatchObject({ allowed: false, code: 'FLEET_HALTED' });
    expect((await repositories.config.get(user.id))?.isEnabled).toBe(false);
  });

  test('or of one user: what is written down of it does not undo the start right after it', async () => {
    const user = await idle(1);
    for (let round = 0; round < 3; round++) {
      await Promise.allSettled([user.update('stopTrading', {}), user.update('startTrading', {})]);
      // Which of the two came first decides; a start alone follows the stop in either case.
      await user.update('startTrading', {});
      const { cycle } = await user.status();
      expect((await user.until((status) => status.cycle >= cycle + 2)).status).toBe('RUNNING');
      expect((await lab.repositories.config.get(user.id))?.isEnabled).toBe(true);
    }
    await user.update('stopTrading', {});
  });
});
