import { type AccountBaseline, firstDayOf, followAccount } from '../pnl/accountDay.js';
import { dayEnd, dayKey, dayStart } from '../pnl/day.js';
import { recentTrades } from '../risk/index.js';
import type { TradingConfig } from '../types.js';
import { type Account, openPnl } from './account.js';
import type { AccountNow } from './decide.js';
import type { Lane } from './lanes.js';

export type Book = ReturnType<typeof openBook>;

/**
 * The account's days, peak and equity over time. `followAccount` is asked where a day turns or something is decided;
 * in between only the peak is kept, for that is all that it would change.
 */
export function openBook(
  account: Account,
  lanes: readonly Lane[],
  config: TradingConfig,
  cash: number,
  firstTime: number,
) {
  const size = lanes.reduce((sum, { candles, warmUp }) => sum + candles.length - warmUp, 0) + 1;
  const time = new Float64Array(size);
  const equity = new Float64Array(size);
  time[0] = firstTime;
  equity[0] = cash;
  let count = 1;
  let baseline: AccountBaseline | null = null;
  let clock = firstTime;
  let day = '';
  let dayBegan = Number.NEGATIVE_INFINITY;
  let dayEnds = Number.NEGATIVE_INFINITY;
  let openingEquity = cash;
  let peak = cash;
  let haltedUntil = Number.NEGATIVE_INFINITY;

  const holdingsPnl = (): number => {
    let sum = 0;
    for (const lane of lanes) if (lane.holding) sum += openPnl(lane.holding, lane.price);
    return sum;
  };
  const explained = (): number => cash + account.realized + holdingsPnl();
  /** Cash and positions, as an account's first day opens: what a sale left below a lot is not among them. */
  const worth = (): number => {
    let value = account.cash;
    for (const lane of lanes) if (lane.holding) value += lane.holding.quantity * lane.price;
    return value;
  };
  /** All that lies on the account. */
  const total = (): number => {
    let value = account.cash;
    for (const { holding, dust, price } of lanes) value += ((holding ? holding.quantity : 0) + dust) * price;
    return value;
  };

  /** Of both: what the books explain, and what a day's PnL is measured from, half a percent of the limit early. */
  const nearLossFrom = (): number => openingEquity * (1 - (0.995 * config.maxDailyLossPct) / 100);

  function follow(): ReturnType<typeof followAccount> {
    const from = firstDayOf(baseline, day);
    const look = {
      day,
      equity: worth(),
      open: lanes.flatMap(({ holding, price }) => (holding ? [{ id: holding.id, pnl: openPnl(holding, price) }] : [])),
      trades: account.parts.slice(firstPartOf(from)),
      recognised: '0',
    };
    const known = baseline && { ...baseline, peakEquity: Math.max(baseline.peakEquity, peak) };
    const found = followAccount(known, look);
    baseline = found.baseline;
    peak = baseline.peakEquity;
    openingEquity = baseline.dayStartEquity;
    return found;
  }

  /** Index of the first part of a trade closed on a day or later; looked for from the end. */
  function firstPartOf(key: string): number {
    let index = account.parts.length;
    while (index > 0 && account.parts[index - 1]!.day >= key) index -= 1;
    return index;
  }

  return {
    /** A cycle begins: the day may turn, the peak may rise. Answers whether the day's loss limit is close by. */
    begin(now: number): boolean {
      clock = now;
      if (now >= dayEnds) {
        day = dayKey(now, config.timeZone);
        dayBegan = dayStart(now, config.timeZone);
        dayEnds = dayEnd(now, config.timeZone);
        follow();
      }
      const value = account.holdings.length === 0 ? cash + account.realized : explained();
      if (value > peak) peak = value;
      return value <= nearLossFrom();
    },
    now(): AccountNow {
      const { explainedEquity, dailyPnl, dailyPnlPct } = follow();
      const closedToday = account.closed.slice(firstPartOf(day));
      const isToday = ({ entryTime }: { entryTime: number }): boolean => entryTime >= dayBegan;
      const tradesToday = account.holdings.filter(isToday).length + closedToday.filter(isToday).length;
      return {
        equity: explainedEquity,
        peakEquity: peak,
        day: { key: day, openingEquity, pnl: dailyPnl, pnlPct: dailyPnlPct, tradesToday },
        recentTrades: recentTrades(account.closed, config.risk, clock),
      };
    },
    /** The user's day of a fill; it may be the first thing to happen in a new one. */
    dayOf: (time: number): string => (time >= dayEnds ? dayKey(time, config.timeZone) : day),
    halted: (now: number): boolean => now < haltedUntil,
    /** An emergency stop for the day's loss; trading goes on when the user's day has changed. */
    halt: (): void => void (haltedUntil = dayEnds),
    /**
     * Passes over the candles of the only lane in which nothing can happen: no vote to act upon, no level reached, no new
     * day, the day's loss limit far. What each would have left behind is kept all the same, peak and equity.
     */
    pass(lane: Lane, leastVote: number, step: number): void {
      const { candles, votes, holding, cursor, dust } = lane;
      const { timestamp, open, high, low, close } = candles;
      const limit = nearLossFrom();
      const free = account.cash;
      const settled = cash + account.realized;
      let index = cursor;
      if (!holding) {
        if (settled > peak) peak = settled;
        for (; settled > limit && index < candles.length; index++) {
          if (timestamp[index]! >= dayEnds || (index > 0 && votes[index - 1]! >= leastVote)) break;
          time[count] = timestamp[index]! + step;
          equity[count] = free + dust * close[index]!;
          count += 1;
        }
      } else {
        const { stop, target, quantity } = holding;
        for (; index < candles.length; index++) {
          if (timestamp[index]! >= dayEnds || votes[index - 1]! <= -leastVote) break;
          if (low[index]! <= stop || high[index]! >= target) break;
          const value = settled + openPnl(holding, open[index]!);
          if (value <= limit) break;
          if (value > peak) peak = value;
          time[count] = timestamp[index]! + step;
          equity[count] = free + (quantity + dust) * close[index]!;
          count += 1;
        }
      }
      if (index === cursor) return;
      lane.cursor = index;
      lane.closed = index - 1;
      lane.price = close[index - 1]!;
    },
    /** The candles have closed. */
    mark(now: number): void {
      time[count] = now;
      equity[count] = total();
      count += 1;
    },
    total,
    curve: () => ({ time: time.subarray(0, count), equity: equity.subarray(0, count) }),
  };
}
