import type { TradeEntry } from '../../api/types.js';
import { toNumber } from '../../format/format.js';

export interface Group {
  key: string;
  trades: number;
  /** Share of trades with a profit, in percent. */
  winRate: number;
  /** Quote units, net of fees. */
  pnl: number;
  fees: number;
}

export const GROUPINGS = ['month', 'symbol', 'strategy', 'hour', 'exitReason'] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** Closed trades summed by month and hour (of the exit, in `timeZone`), symbol, strategy or reason; keys in rising order. */
export function groupTrades(trades: readonly TradeEntry[], grouping: Grouping, timeZone: string): Group[] {
  const keyOf = keyFunction(grouping, timeZone);
  const groups = new Map<string, { trades: number; wins: number; pnl: number; fees: number }>();
  for (const trade of trades) {
    if (trade.exitReason === 'open') continue;
    const key = keyOf(trade);
    const group = groups.get(key) ?? { trades: 0, wins: 0, pnl: 0, fees: 0 };
    const pnl = toNumber(trade.pnl) ?? 0;
    group.trades += 1;
    group.wins += pnl > 0 ? 1 : 0;
    group.pnl += pnl;
    group.fees += toNumber(trade.fees) ?? 0;
    groups.set(key, group);
  }
  return [...groups]
    .map(([key, { wins, ...group }]) => ({ key, ...group, winRate: (wins / group.trades) * 100 }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

function keyFunction(grouping: Grouping, timeZone: string): (trade: TradeEntry) => string {
  if (grouping === 'symbol') return ({ symbol }) => symbol;
  // The ensemble decides every entry; which of its voices weighed most tells more.
  if (grouping === 'strategy') return ({ leadingStrategy, strategy }) => leadingStrategy ?? strategy ?? '–';
  if (grouping === 'exitReason') return ({ exitReason }) => exitReason;
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    hour: '2-digit',
  });
  return ({ exitTime }) => {
    const of = Object.fromEntries(parts.formatToParts(new Date(exitTime)).map(({ type, value }) => [type, value]));
    return grouping === 'month' ? `${of.year}-${of.month}` : `${of.hour}:00`;
  };
}
