/** Live's own records beside the backtest of the same candles; every difference is one line. */
import { type Moment, type PortfolioResult, runPortfolio } from '../../trading/backtest/index.js';
import { firstAtOrAfter } from '../../trading/market/columns.js';
import { createStrategy } from '../../trading/signals/registry.js';
import { TIMEFRAME_MS, type TradingConfig } from '../../trading/types.js';
import type { LiveRecord } from './live.js';

export interface Comparison {
  cycles: number;
  signals: number;
  /** Of these BUY or SELL. */
  acted: number;
  entries: number;
  exits: Record<string, number>;
  finalEquity: { live: number; backtest: number };
  largestEquityGap: number;
  differences: string[];
}

/** The local exchange's book: bid and ask lie one tick from the last price. */
const SPREAD_TICKS = 1;
/** Live stores money to a hundredth of a cent. */
const MONEY = 0.001;

export function compare(live: LiveRecord, config: TradingConfig, cash: number): Comparison {
  const moments: Moment[] = [];
  const result = backtest(live, config, cash, moments);
  const differences = [
    ...signalDifferences(live, moments),
    ...tradeDifferences(live, result, TIMEFRAME_MS[config.timeframe]),
    ...refusalDifferences(live, moments),
  ];
  const equity = equityGaps(live, moments);
  const exits: Record<string, number> = {};
  for (const { exitReason } of result.trades) exits[exitReason] = (exits[exitReason] ?? 0) + 1;
  return {
    cycles: moments.length,
    signals: live.signals.length,
    acted: live.signals.filter(({ signalType }) => signalType !== 'HOLD').length,
    entries: result.trades.length,
    exits,
    finalEquity: { live: newest(live)?.equity ?? Number.NaN, backtest: moments.at(-1)?.equity ?? Number.NaN },
    largestEquityGap: Math.max(0, ...equity.map(({ gap }) => gap)),
    differences: [...differences, ...equity.filter(({ gap }) => gap > MONEY).map(({ text }) => text)],
  };
}

function backtest(live: LiveRecord, config: TradingConfig, cash: number, moments: Moment[]): PortfolioResult {
  const markets = config.symbols.map((symbol) => {
    const candles = live.candles.get(symbol)!;
    const rules = live.rules.get(symbol)!;
    return {
      symbol,
      candles,
      rules,
      votes: createStrategy('ensemble').votes(candles),
      warmUp: firstAtOrAfter(candles.timestamp, live.firstCycle),
      spreadTicks: SPREAD_TICKS,
    };
  });
  const feePct = 100 * markets[0]!.rules.takerFee;
  return runPortfolio(markets, { config, cash, feePct, slippagePct: 0, journal: (moment) => moments.push(moment) });
}

function signalDifferences(live: LiveRecord, moments: readonly Moment[]): string[] {
  const told = new Map(live.signals.map((signal) => [`${signal.symbol} ${Number(signal.candleTime)}`, signal]));
  const lines: string[] = [];
  for (const { time, signals } of moments)
    for (const { signal, rejections } of signals) {
      const { symbol, type, confidence, candleTime } = signal;
      const key = `${symbol} ${candleTime}`;
      const other = told.get(key);
      const mine = `${type} ${confidence} ${[...rejections].sort().join(',')}`.trim();
      const theirs = other
        ? `${other.signalType} ${other.confidenceScore} ${(other.rejection ?? '').split(',').sort().join(',')}`.trim()
        : 'no record';
      told.delete(key);
      if (mine !== theirs) lines.push(`signal ${at(time)} ${symbol}: live ${theirs}, backtest ${mine}`);
    }
  for (const key of told.keys()) lines.push(`signal ${key}: only live has it`);
  return lines;
}

function tradeDifferences(live: LiveRecord, { trades }: PortfolioResult, step: number): string[] {
  const floor = (time: number): number => Math.floor(time / step) * step;
  const closed = live.trades.map((trade) => ({
    key: `${trade.symbol} ${at(trade.entryTime.getTime())}`,
    fields: {
      entryTime: trade.entryTime.getTime(),
      exitTime: floor(trade.exitTime.getTime()),
      exitReason: trade.exitReason,
      entryPrice: trade.entryPrice,
      exitPrice: trade.exitPrice,
      quantity: trade.quantity,
      fees: trade.fees,
      pnl: trade.pnl,
      pnlPct: trade.pnlPct,
    },
  }));
  const open = live.open.map((position) => ({
    key: `${position.symbol} ${at(position.entryTime)}`,
    fields: { entryTime: position.entryTime, exitReason: 'open', entryPrice: Number(position.entryPrice) },
  }));
  const theirs = new Map([...closed, ...open].map(({ key, fields }) => [key, fields as Record<string, unknown>]));
  const lines: string[] = [];
  for (const trade of trades) {
    const key = `${trade.symbol} ${at(trade.entryTime)}`;
    const other = theirs.get(key);
    theirs.delete(key);
    if (!other) lines.push(`trade ${key}: only the backtest has it (${trade.exitReason})`);
    for (const [name, value] of Object.entries(other ?? {})) {
      const mine = (trade as unknown as Record<string, unknown>)[name];
      const same =
        typeof value === 'number' ? Math.abs(Number(mine) - value) <= tolerance(name, value) : mine === value;
      if (!same) lines.push(`trade ${key}: ${name} live ${String(value)}, backtest ${String(mine)}`);
    }
  }
  for (const [key, { exitReason }] of theirs) lines.push(`trade ${key}: only live has it (${String(exitReason)})`);
  return lines;
}

/** Money and results in percent to a ten-thousandth, prices and quantities to the last digit that floats have. */
const tolerance = (name: string, value: number): number =>
  ['fees', 'pnl', 'pnlPct'].includes(name) ? 1e-4 : Math.abs(value) * 1e-11;

/** Entries that were proposed and refused: for the same reason. */
function refusalDifferences(live: LiveRecord, moments: readonly Moment[]): string[] {
  return moments.flatMap(({ time, decided }) => {
    const theirs = live.refusals.get(time);
    if (!theirs) return [];
    const missing = decided.refusals.filter((code) => !theirs.includes(code));
    return missing.map((code) => `refusal ${at(time)}: backtest ${code}, live ${theirs.join(', ') || 'none'}`);
  });
}

function equityGaps(live: LiveRecord, moments: readonly Moment[]): { gap: number; text: string }[] {
  const byTime = new Map(live.equity.map((point) => [point.timestamp.getTime(), point.equity]));
  return moments.map(({ time, equity }) => {
    const other = byTime.get(time) ?? Number.NaN;
    const gap = Math.abs(other - equity);
    return {
      gap: Number.isNaN(gap) ? Number.MAX_VALUE : gap,
      text: `equity ${at(time)}: live ${other}, backtest ${equity.toFixed(6)}`,
    };
  });
}

const newest = ({ equity }: LiveRecord): LiveRecord['equity'][number] | undefined =>
  [...equity].sort((a, b) => a.timestamp.getTime() - b.timestamp.getTime()).at(-1);

const at = (time: number): string => new Date(time).toISOString();
