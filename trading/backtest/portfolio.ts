import { dayEnd, dayKey } from '../pnl/day.js';
import { decide } from '../signals/evaluate.js';
import { MODES } from '../sizing/modes.js';
import { type CandleColumns, type ExitReason, type SymbolRules, TIMEFRAME_MS, type TradingConfig } from '../types.js';
import { type Account, buy, type Holding, listOpen, openAccount, type Purchase, sell } from './account.js';
import { accountRefusal, exitsAt, judgeSignal, type Moment, planEntry, snapshotAt } from './decide.js';
import { firstAtOrAfter } from '../market/columns.js';
import { exitInside } from './fills.js';
import type { BacktestResult, CostModel } from './types.js';

export interface PortfolioMarket {
  symbol: string;
  candles: CandleColumns;
  votes: Float64Array;
  /** Leading candles that are not traded. */
  warmUp: number;
  rules: SymbolRules;
  /** Smaller candles on which stop and target are looked for. */
  detail?: CandleColumns;
}

export interface PortfolioOptions extends CostModel {
  config: TradingConfig;
  cash: number;
}

export interface PortfolioResult extends BacktestResult {
  /** At the first opening and at every close, ms UTC. */
  time: Float64Array;
  equity: Float64Array;
  /** Signals and entries refused, by code. */
  refusals: Record<string, number>;
}

interface Lane extends PortfolioMarket {
  /** Candle that is being lived through, or the next one. */
  cursor: number;
  /** Newest close, 0 before the first. */
  price: number;
  buyNext: { due: number; order: Purchase } | null;
  sellNext: { fraction: number; reason: ExitReason } | null;
}

/**
 * Several symbols on one account by live's own rules: a signal is judged, sized and risk-checked at a candle's close by
 * the functions that the trading loop calls, and executed at the next open. Stop and target stand from the entry's fill.
 * A day that reaches the daily loss limit takes no more entries. Cost grows with the sum of the candles.
 */
export function runPortfolio(markets: readonly PortfolioMarket[], options: PortfolioOptions): PortfolioResult {
  const { config } = options;
  const step = TIMEFRAME_MS[config.timeframe];
  const lanes = markets.map(
    (market): Lane => ({ ...market, cursor: market.warmUp, price: 0, buyNext: null, sellNext: null }),
  );
  const account = openAccount(options.cash);
  const book = openBook(lanes, options.cash);
  const refusals: Record<string, number> = {};
  const refuse = (code: string): void => void (refusals[code] = (refusals[code] ?? 0) + 1);
  const least = MODES[config.tradingMode].minConfidence;
  const hasExitRules = Object.values(config.exits).some((value) => value > 0);

  const active: Lane[] = [];
  const proposals: { lane: Lane; confidence: number; score: number }[] = [];
  for (let time = earliest(lanes); time < Number.POSITIVE_INFINITY; time = earliest(lanes)) {
    active.length = 0;
    proposals.length = 0;
    for (const lane of lanes) if (lane.candles.timestamp[lane.cursor] === time) active.push(lane);
    for (const lane of active) trade(lane, account, options, refuse);
    const now = time + step;
    const equity = book.mark(now, account, config);
    for (const lane of active) {
      const score = lane.votes[lane.cursor]!;
      const confidence = Math.round(100 * Math.abs(score));
      const strong = confidence >= least;
      if (!strong && !hasExitRules) continue;
      const opinion = decide(score);
      const holding = account.holdings.get(lane.symbol);
      if (holding && (hasExitRules || (strong && opinion.type === 'SELL')))
        leave(lane, holding, score, momentAt(now, equity));
      else if (!holding && strong && opinion.type === 'BUY')
        proposals.push({ lane, score, confidence: opinion.confidence });
    }
    if (proposals.length > 0) enter(proposals, momentAt(now, equity), config, step, refuse, book.halted(now));
    for (const lane of active) lane.cursor += 1;
  }
  return { ...finish(lanes, account, book), refusals };

  function momentAt(now: number, equity: number): Moment {
    return {
      config,
      feeRate: options.feePct / 100,
      now,
      account,
      equity,
      peakEquity: book.peak(),
      day: book.day(),
      todaysTrades: account.closed.slice(book.tradesBefore()),
      exposure: lanes.reduce(
        (sum, { symbol, price }) => sum + (account.holdings.get(symbol)?.quantity ?? 0) * price,
        0,
      ),
      known: () =>
        Object.fromEntries(
          lanes.map(({ symbol, candles, cursor }) => [
            symbol,
            candles.close.subarray(Math.max(0, cursor - 250), cursor + 1),
          ]),
        ),
    };
  }
}

/** What happens while a candle is lived through: what was decided at the last close, then stop and target. */
function trade(lane: Lane, account: Account, options: PortfolioOptions, refuse: (code: string) => void): void {
  const { candles, cursor, symbol, rules } = lane;
  const time = candles.timestamp[cursor]!;
  const open = candles.open[cursor]!;
  const { buyNext, sellNext } = lane;
  lane.buyNext = null;
  lane.sellNext = null;
  if (buyNext && buyNext.due !== time) refuse('GAP_AFTER_SIGNAL');
  else if (buyNext && !buy(account, symbol, time, open, buyNext.order, options)) refuse('INSUFFICIENT_BALANCE');

  let holding = account.holdings.get(symbol);
  if (!holding) return;
  if (sellNext) {
    const beyond = open <= holding.stop ? 'stop' : open >= holding.target ? 'target' : null;
    sell(account, holding, time, open, beyond ? 1 : sellNext.fraction, beyond ?? sellNext.reason, options, rules);
    holding = account.holdings.get(symbol);
    if (!holding) return;
  }
  if (candles.low[cursor]! > holding.stop && candles.high[cursor]! < holding.target) return;
  const exit = lane.detail
    ? exitInDetail(lane, holding)
    : exitInside(candles, cursor, holding, holding.entryTime === time);
  if (exit) sell(account, holding, time, exit.price, 1, exit.reason, options, rules);
}

/** The same rule on the smaller candles of this candle; without any of them, on the candle itself. */
function exitInDetail({ detail, candles, cursor }: Lane, holding: Holding): ReturnType<typeof exitInside> {
  const time = candles.timestamp[cursor]!;
  const start = firstAtOrAfter(detail!.timestamp, time);
  const end =
    cursor + 1 < candles.length ? firstAtOrAfter(detail!.timestamp, candles.timestamp[cursor + 1]!) : detail!.length;
  for (let index = start; index < end; index++) {
    const exit = exitInside(detail!, index, holding, holding.entryTime === time && index === start);
    if (exit) return exit;
  }
  return end > start ? null : exitInside(candles, cursor, holding, holding.entryTime === time);
}

function leave(lane: Lane, holding: Holding, score: number, moment: Moment): void {
  const { config, now } = moment;
  const snapshot = snapshotAt(lane.candles, lane.cursor, lane.symbol, config);
  holding.highest = Math.max(holding.highest, snapshot.price);
  for (const decision of exitsAt(holding, snapshot, config, lane.rules, now)) {
    if (decision.kind === 'sell') lane.sellNext = { fraction: decision.fraction, reason: decision.reason };
    else holding.stop = Number(decision.stopPrice);
  }
  const older = holding.entryTime < snapshot.candleTime;
  if (older && score < 0 && judgeSignal(score, snapshot, moment).length === 0 && decide(score).type === 'SELL')
    lane.sellNext = { fraction: 1, reason: 'signal' };
}

/** The surest proposals first; each approved one counts for the next, as in a live cycle. */
function enter(
  proposals: { lane: Lane; confidence: number; score: number }[],
  moment: Moment,
  config: TradingConfig,
  step: number,
  refuse: (code: string) => void,
  halted: boolean,
): void {
  const brake = halted ? 'DAILY_LOSS_LIMIT' : accountRefusal(moment);
  if (brake) return refuse(brake);
  proposals.sort((a, b) => b.confidence - a.confidence);
  const before = { count: 0, notional: 0 };
  for (const { lane, confidence, score } of proposals) {
    if (lane.cursor + 1 >= lane.candles.length) continue;
    const snapshot = snapshotAt(lane.candles, lane.cursor, lane.symbol, config);
    const rejected = judgeSignal(score, snapshot, moment);
    rejected.forEach(refuse);
    if (rejected.length > 0) continue;
    const plan = planEntry(snapshot, confidence, lane.rules, moment, before);
    if ('refused' in plan) {
      refuse(plan.refused);
      continue;
    }
    lane.buyNext = { due: lane.candles.timestamp[lane.cursor]! + step, order: plan };
    before.count += 1;
    before.notional += plan.notional;
  }
}

/** Equity over time, the day's opening and the peak. */
function openBook(lanes: readonly Lane[], cash: number) {
  const size = lanes.reduce((sum, { candles, warmUp }) => sum + candles.length - warmUp, 0) + 1;
  const time = new Float64Array(size);
  const equity = new Float64Array(size).fill(cash, 0, 1);
  time[0] = earliest(lanes);
  let count = 1;
  let peak = cash;
  let day = { key: '', openingEquity: cash };
  let dayEnds = Number.NEGATIVE_INFINITY;
  let haltedUntil = Number.NEGATIVE_INFINITY;
  let tradesBefore = 0;
  return {
    mark(now: number, account: Account, config: TradingConfig): number {
      let value = account.cash;
      for (const lane of lanes) {
        if (lane.candles.timestamp[lane.cursor]! < now) lane.price = lane.candles.close[lane.cursor]!;
        const held = account.holdings.get(lane.symbol)?.quantity ?? 0;
        value += (held + (account.dust.get(lane.symbol) ?? 0)) * lane.price;
      }
      if (now >= dayEnds) {
        day = { key: dayKey(now, config.timeZone), openingEquity: equity[count - 1]! };
        dayEnds = dayEnd(now, config.timeZone);
        tradesBefore = account.closed.length;
      }
      if (value <= day.openingEquity * (1 - config.maxDailyLossPct / 100)) haltedUntil = dayEnds;
      time[count] = now;
      equity[count] = value;
      count += 1;
      peak = Math.max(peak, value);
      return value;
    },
    peak: () => peak,
    day: () => day,
    tradesBefore: () => tradesBefore,
    halted: (now: number) => now < haltedUntil,
    curve: () => ({ time: time.subarray(0, count), equity: equity.subarray(0, count) }),
  };
}

function earliest(lanes: readonly Lane[]): number {
  let time = Number.POSITIVE_INFINITY;
  for (const { candles, cursor } of lanes)
    if (cursor < candles.length && candles.timestamp[cursor]! < time) time = candles.timestamp[cursor]!;
  return time;
}

function finish(
  lanes: readonly Lane[],
  account: Account,
  book: ReturnType<typeof openBook>,
): Omit<PortfolioResult, 'refusals'> {
  for (const holding of account.holdings.values()) {
    const { candles } = lanes.find(({ symbol }) => symbol === holding.symbol)!;
    listOpen(account, holding, candles.timestamp[candles.length - 1]!, candles.close[candles.length - 1]!);
  }
  const curve = book.curve();
  return { trades: account.trades, finalEquity: curve.equity[curve.equity.length - 1]!, ...curve };
}
