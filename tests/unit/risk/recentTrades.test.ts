import fc from 'fast-check';
import { losingStreak } from '../../../trading/risk/checks/losingStreak.js';
import { stopCooldown } from '../../../trading/risk/checks/stopCooldown.js';
import { recentTrades, streakReachesBack, tradeReach } from '../../../trading/risk/index.js';
import type { ClosedTrade, ExitReason } from '../../../trading/types.js';
import { context, MIDNIGHT, NOON, trade, withRisk } from './fixtures.js';

const MINUTE = 60_000;
const limits = { losingStreakLimit: 3, cooldownMinutes: 30 };
const ago = (minutes: number, over: Partial<ClosedTrade> = {}) =>
  trade({ positionId: `${minutes} min ago`, exitTime: NOON - minutes * MINUTE, ...over });
const picked = (trades: ClosedTrade[], risk = limits) =>
  recentTrades(trades, risk, NOON).map(({ exitTime }) => (NOON - exitTime) / MINUTE);

test('a stop of 23:50 keeps its symbol back at 00:10', () => {
  const now = MIDNIGHT + 10 * MINUTE;
  const stop = trade({ exitReason: 'stop', exitTime: MIDNIGHT - 10 * MINUTE });
  const over = context({ now, recentTrades: recentTrades([stop], limits, now), config: withRisk(limits) });
  expect(stopCooldown.scope === 'symbol' && stopCooldown.check(over, 'BTC/USDT')[0]?.refusal).toMatchObject({
    code: 'STOP_COOLDOWN',
    actual: 20,
    until: MIDNIGHT + 20 * MINUTE,
  });
});

test('losses on both sides of midnight are one streak', () => {
  const now = MIDNIGHT + 10 * MINUTE;
  const losses = [-3_000, -5, 5].map((minutes) => trade({ exitTime: MIDNIGHT + minutes * MINUTE }));
  const over = context({ now, recentTrades: recentTrades(losses, limits, now), config: withRisk(limits) });
  expect(losingStreak.scope === 'account' && losingStreak.check(over)[0]?.refusal).toMatchObject({
    code: 'LOSING_STREAK',
    until: MIDNIGHT + 35 * MINUTE,
  });
});

test('the pauses look at their own length back, and at the last trades of a streak whenever they closed', () => {
  expect(tradeReach(limits, NOON)).toEqual({ since: NOON - 30 * MINUTE, newest: 3 });
  expect(picked([ago(9_000), ago(900), ago(90), ago(9)])).toEqual([900, 90, 9]);
  expect(picked([ago(29), ago(21), ago(13), ago(9), ago(5)])).toEqual([29, 21, 13, 9, 5]);
  expect(picked([ago(31), ago(30), ago(29.9), ago(1)], { ...limits, losingStreakLimit: 0 })).toEqual([29.9, 1]);
  expect(picked([ago(9_000)])).toEqual([9_000]);
  expect(picked([])).toEqual([]);
});

test('of trades that closed at the same moment the gain counts as the later one', () => {
  const both = [ago(5), ago(5, { pnl: '2', symbol: 'ETH/USDT' })];
  const halts = (trades: ClosedTrade[]) => {
    const seen = recentTrades(trades, { ...limits, losingStreakLimit: 2 }, NOON);
    const world = context({ recentTrades: seen, config: withRisk({ ...limits, losingStreakLimit: 2 }) });
    return losingStreak.scope === 'account' && losingStreak.check(world).length > 0;
  };
  for (const pair of [both, [...both].reverse()]) {
    expect(halts([ago(60), ...pair])).toBe(false);
    expect(halts([...pair.map((each) => ({ ...each, exitTime: NOON - 3_600_000 })), ago(9)])).toBe(false);
    expect(halts([...pair, ago(4), ago(3)])).toBe(true);
  }
});

test('older trades are asked for only where they could make a streak that pauses now', () => {
  const asks = (...trades: ClosedTrade[]) => streakReachesBack(trades, limits, NOON);
  expect(asks(ago(9))).toBe(true);
  expect(asks(ago(20), ago(9))).toBe(true);
  expect(asks()).toBe(false);
  expect(asks(ago(30))).toBe(false); // its pause is over
  expect(asks(ago(29.9))).toBe(true);
  expect(asks(ago(21), ago(20), ago(9))).toBe(false); // these are enough to tell
  expect(asks(ago(20, { pnl: '1' }), ago(9))).toBe(false);
  expect(asks(ago(20, { pnl: '0' }), ago(9))).toBe(false);
});

const closed = fc.record({
  minutes: fc.integer({ min: 1, max: 300 }),
  pnl: fc.constantFrom('-7', '-1', '0', '3'),
  exitReason: fc.constantFrom<ExitReason>('stop', 'target', 'signal'),
});
const history = fc
  .array(closed, { maxLength: 12 })
  .map((all) => all.sort((a, b) => b.minutes - a.minutes).map(({ minutes, ...over }) => ago(minutes, over)));
const settings = fc.record({ losingStreakLimit: fc.integer({ min: 0, max: 5 }), cooldownMinutes: fc.nat(200) });

test('what is picked tells the pauses the same as a whole history', () => {
  fc.assert(
    fc.property(history, settings, (trades, risk) => {
      const find = (seen: readonly ClosedTrade[]) => {
        const world = context({ recentTrades: seen, config: withRisk(risk) });
        return [losingStreak, stopCooldown].map((each) =>
          each.scope === 'account' ? each.check(world) : each.scope === 'symbol' && each.check(world, 'BTC/USDT'),
        );
      };
      expect(find(recentTrades(trades, risk, NOON))).toEqual(find(trades));
      // Where nobody asks for older trades, those since the cool-down began are enough.
      const inReach = trades.filter(({ exitTime }) => exitTime > tradeReach(risk, NOON).since);
      if (!streakReachesBack(inReach, risk, NOON)) expect(find(inReach)).toEqual(find(trades));
    }),
    { numRuns: 500 },
  );
});
