import fc from 'fast-check';
import {
  BURST,
  NOTIFICATION_RULES,
  planDelivery,
  quietUntil,
  type PlanInput,
} from '../../../trading/notifications/index.js';
import { NOTIFICATION_TYPES, type NotificationType } from '../../../trading/types.js';

const NOON = Date.UTC(2024, 7, 5, 12);
const input = (over: Partial<PlanInput> = {}): PlanInput => ({
  type: 'TRADE_EXECUTED',
  switches: { enabled: true, channels: ['email', 'dashboard'], tradeNotifications: true, errorNotifications: true },
  routes: {},
  quietHours: null,
  timeZone: 'UTC',
  now: NOON,
  recent: 0,
  unusable: {},
  ...over,
});
const switches = (over: Partial<PlanInput['switches']>) => ({ switches: { ...input().switches, ...over } });
const channelsOf = (over: Partial<PlanInput>) => planDelivery(input(over)).deliveries.map(({ channel }) => channel);

test('an event goes to the channels of the user, at once', () => {
  expect(planDelivery(input())).toEqual({
    deliveries: [
      { channel: 'dashboard', notBefore: null },
      { channel: 'email', notBefore: null },
    ],
    skipped: [],
  });
});

test('a route by type replaces the channels', () => {
  expect(channelsOf({ routes: { TRADE_EXECUTED: ['telegram'] } })).toEqual(['telegram']);
  expect(channelsOf({ routes: { TRADE_EXECUTED: [] } })).toEqual([]);
  expect(channelsOf({ routes: { STOP_LOSS_HIT: ['telegram'] } })).toEqual(['dashboard', 'email']);
});

test.each<[Partial<PlanInput['switches']>, NotificationType[]]>([
  [{ enabled: false }, NOTIFICATION_TYPES.filter((type) => type !== 'EMERGENCY_STOP')],
  [{ tradeNotifications: false }, ['TRADE_EXECUTED', 'PROFIT_TARGET_HIT', 'STOP_LOSS_HIT']],
  [{ errorNotifications: false }, ['SYSTEM_ERROR', 'API_CONNECTION_LOST']],
])('the switch %j silences its types and no other', (off, silent) => {
  for (const type of NOTIFICATION_TYPES)
    expect([type, channelsOf({ type, ...switches(off) }).length > 0]).toEqual([type, !silent.includes(type)]);
});

test('an emergency reaches the dashboard and the channels whatever is switched off', () => {
  expect(channelsOf({ type: 'EMERGENCY_STOP', ...switches({ enabled: false, channels: ['email'] }) })).toEqual([
    'dashboard',
    'email',
  ]);
  expect(channelsOf({ type: 'EMERGENCY_STOP', ...switches({ channels: [] }) })).toEqual(['dashboard']);
});

test('a channel that cannot be used is said, and holds no other', () => {
  const plan = planDelivery(input({ unusable: { email: 'no address', telegram: 'not chosen anyway' } }));
  expect(plan.deliveries.map(({ channel }) => channel)).toEqual(['dashboard']);
  expect(plan.skipped).toEqual([{ channel: 'email', reason: 'no address' }]);
});

test('a burst is gathered from its sixth message on, the dashboard never', () => {
  const at = (recent: number, type: NotificationType = 'TRADE_EXECUTED') =>
    planDelivery(input({ recent, type })).deliveries.map(({ notBefore }) => notBefore);
  expect(at(BURST.alone - 1)).toEqual([null, null]);
  expect(at(BURST.alone)).toEqual([null, NOON + BURST.gatherMs]);
  expect(at(99, 'EMERGENCY_STOP')).toEqual([null, null]);
  expect(at(99, 'DAILY_LOSS_WARNING')).toEqual([null, null]);
});

test('quiet hours hold back what can wait and nothing else', () => {
  const night = { quietHours: { from: '11:00', to: '13:00' } };
  const at = (type: NotificationType) =>
    planDelivery(input({ type, ...night })).deliveries.map(({ notBefore }) => notBefore);
  for (const type of NOTIFICATION_TYPES)
    expect(at(type)).toEqual(NOTIFICATION_RULES[type].breaksQuietHours ? [null, null] : [null, NOON + 3_600_000]);
  expect(at('EMERGENCY_STOP')).toEqual([null, null]);
});

test('only an emergency never expires', () => {
  expect(NOTIFICATION_TYPES.filter((type) => NOTIFICATION_RULES[type].expiresAfterMs === null)).toEqual([
    'EMERGENCY_STOP',
  ]);
});

describe('quiet hours', () => {
  const at = (hour: number, minute = 0) => Date.UTC(2024, 7, 5, hour, minute);
  test.each<[string, string, number, number | null]>([
    ['22:00', '07:00', at(21, 59), null],
    ['22:00', '07:00', at(22), Date.UTC(2024, 7, 6, 7)],
    ['22:00', '07:00', at(6, 59), at(7)],
    ['22:00', '07:00', at(7), null],
    ['12:00', '13:30', at(12), at(13, 30)],
    ['12:00', '13:30', at(13, 30), null],
    ['12:00', '12:00', at(12), null],
  ])('%s to %s', (from, to, now, until) => expect(quietUntil(now, { from, to }, 'UTC')).toBe(until));

  test('are the user’s own, seconds included, over a change of the clocks too', () => {
    expect(quietUntil(at(12) + 30_500, { from: '21:00', to: '22:00' }, 'Asia/Seoul')).toBe(at(13));
    // Berlin, 2024-03-31: 02:00 becomes 03:00
    expect(quietUntil(Date.UTC(2024, 2, 31, 0, 30), { from: '01:00', to: '02:30' }, 'Europe/Berlin')).toBe(
      Date.UTC(2024, 2, 31, 1),
    );
  });

  test('are none where there are none', () => {
    expect(quietUntil(at(12), null, 'UTC')).toBeNull();
    expect(() => quietUntil(at(12), { from: '25:00', to: '07:00' }, 'UTC')).toThrow(
      'HH:MM from 00:00 to 23:59, got "25:00"',
    );
  });

  test('always end in the future and outside themselves', () => {
    const time = fc
      .tuple(fc.nat(23), fc.nat(59))
      .map(([h, m]) => `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`);
    fc.assert(
      fc.property(time, time, fc.integer({ min: Date.UTC(2024, 0), max: Date.UTC(2025, 0) }), (from, to, now) => {
        const end = quietUntil(now, { from, to }, 'UTC');
        if (end === null) return;
        expect(end > now && end - now <= 86_400_000).toBe(true);
        expect(quietUntil(end, { from, to }, 'UTC')).toBeNull();
      }),
      { numRuns: 60 },
    );
  });
});
