import { tradesSeen } from '../../../activities/account/tradesSeen.js';
import type { TradeDocument } from '../../../adapters/database/documents.js';
import { config, MIDNIGHT } from '../risk/fixtures.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A trade that closed so many minutes after midnight; `day` is the user's. */
const closedAt = (minutes: number, over: Partial<TradeDocument> = {}): TradeDocument => ({
  _id: `t${minutes}`,
  userId: 'u',
  positionId: `t${minutes}`,
  symbol: 'BTC/USDT',
  entryTime: new Date(MIDNIGHT + minutes * MINUTE - HOUR),
  entryPrice: 60_000,
  exitTime: new Date(MIDNIGHT + minutes * MINUTE),
  exitPrice: 59_400,
  quantity: 0.01,
  fees: 1.2,
  pnl: -7.2,
  pnlPct: -1.2,
  exitReason: 'stop',
  mode: 'paper',
  day: minutes < 0 ? '2024-08-05' : '2024-08-06',
  recordedAt: new Date(MIDNIGHT),
  ...over,
});

/** Answers as the database does, and counts the questions. */
function store(documents: TradeDocument[]) {
  const asked = { closedSince: 0, newest: 0 };
  const trades = {
    closedSince: async (_userId: string, _mode: string, from: Date) => {
      asked.closedSince += 1;
      return documents.filter(({ exitTime }) => exitTime >= from);
    },
    newest: async (_userId: string, _mode: string, count: number) => {
      asked.newest += 1;
      return [...documents].sort((a, b) => b.exitTime.getTime() - a.exitTime.getTime()).slice(0, count);
    },
  };
  return { asked, trades };
}

const look = (over: Partial<Parameters<typeof tradesSeen>[1]> = {}) => ({
  userId: 'u',
  mode: 'paper' as const,
  firstDay: '2024-08-06',
  marketTime: MIDNIGHT + 10 * MINUTE,
  risk: { ...config.risk, losingStreakLimit: 3, cooldownMinutes: 30 },
  ...over,
});
const ids = (trades: readonly { positionId: string }[]) => trades.map(({ positionId }) => positionId);

test('ten minutes past midnight yesterday’s last trades are seen by the pauses and not by the day', async () => {
  const { trades, asked } = store([closedAt(5), closedAt(-10, { pnl: 3, exitReason: 'target' }), closedAt(-25)]);
  const { ofDays, recent } = await tradesSeen(trades, look());
  expect(ids(ofDays)).toEqual(['t5']);
  expect(ids(recent)).toEqual(['t-25', 't-10', 't5']);
  expect(recent[2]).toMatchObject({ exitTime: MIDNIGHT + 5 * MINUTE, pnl: '-7.2', exitReason: 'stop' });
  expect(asked).toEqual({ closedSince: 1, newest: 0 });
});

test('a streak that began long ago is found by a second question, and only then', async () => {
  const days = [-9_000, -6_000].map((minutes) => closedAt(minutes, { day: '2024-07-31' }));
  const { trades, asked } = store([closedAt(5), ...days, closedAt(-12_000, { day: '2024-07-29' })]);
  expect(ids((await tradesSeen(trades, look())).recent)).toEqual(['t-9000', 't-6000', 't5']);
  expect(asked).toEqual({ closedSince: 1, newest: 1 });
  // Its pause is over: nothing that lies further back matters any more.
  await tradesSeen(trades, look({ marketTime: MIDNIGHT + 35 * MINUTE }));
  expect(asked).toEqual({ closedSince: 2, newest: 1 });
});

test('the day of a user far ahead of UTC is seen from its first trade on', async () => {
  // 2024-08-06 begins in Kiritimati at 10:00 UTC of the day before.
  const first = closedAt(-14 * 60, { day: '2024-08-06' });
  const { trades } = store([first, closedAt(-14 * 60 - 1)]);
  expect(ids((await tradesSeen(trades, look())).ofDays)).toEqual(['t-840']);
});

test('an account without trades has none', async () => {
  expect(await tradesSeen(store([]).trades, look())).toEqual({ ofDays: [], recent: [] });
});
