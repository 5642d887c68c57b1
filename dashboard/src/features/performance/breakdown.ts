import type { SignalEntry, TradeEntry } from '../../api/types.js';
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

/** A trade with the strategy that spoke loudest for its entry, where its signal is known. */
export type AttributedTrade = TradeEntry & { strategy: string | null };

/** Closed trades summed by month and hour (of the exit, in `timeZone`), symbol, strategy or reason; keys in rising order. */
export function groupTrades(trades: readonly AttributedTrade[], grouping: Grouping, timeZone: string): Group[] {
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

function keyFunction(grouping: Grouping, timeZone: string): (trade: AttributedTrade) => string {
  if (grouping === 'symbol') return ({ symbol }) => symbol;
  if (grouping === 'strategy') return ({ strategy }) => strategy ?? '–';
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

/**
 * Each trade with the strategy whose vote to buy was the strongest in the signal that opened it: the executed signal
 * of the same symbol and price. null where that signal is no longer at hand.
 */
export function attribute(trades: readonly TradeEntry[], signals: readonly SignalEntry[]): AttributedTrade[] {
  const keyOf = (symbol: string, price: number | null) => `${symbol} ${price?.toPrecision(10)}`;
  const strongest = new Map<string, string>();
  for (const { executed, symbol, executionPrice, votes, reasons } of signals) {
    const spoken = Object.entries(votes);
    const best = (spoken.length > 0 ? spoken : votesIn(reasons)).sort((a, b) => b[1] - a[1])[0];
    if (executed && best) strongest.set(keyOf(symbol, executionPrice), best[0]);
  }
  return trades.map((trade) => ({ ...trade, strategy: strongest.get(keyOf(trade.symbol, trade.entryPrice)) ?? null }));
}

/** Reasons begin with the strategy and its vote: `trend +0.70: fast average above the slow one`. */
function votesIn(reasons: readonly string[]): [string, number][] {
  return reasons.flatMap((reason): [string, number][] => {
    const [, name, vote] = /^([a-z][\w-]*) ([+-]\d+\.\d+):/.exec(reason) ?? [];
    return name && vote ? [[name, Number(vote)]] : [];
  });
}
