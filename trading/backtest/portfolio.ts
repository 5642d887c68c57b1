import { MODES } from '../sizing/modes.js';
import { SNAPSHOT_CANDLES } from '../market/snapshot.js';
import type { WithoutModel } from '../signals/withoutModel.js';
import { TIMEFRAME_MS, type ExitReason, type TradingConfig } from '../types.js';
import { type Account, buy, listOpen, openAccount, type Sale, sell } from './account.js';
import { type Book, openBook } from './book.js';
import { type Cycle, decideCycle, type Decided, exitsAt, judge, type JudgedSignal, laneSnapshot } from './decide.js';
import { buyPrice, type LevelExit, sellPrice } from './fills.js';
import { createLane, earliest, exitOf, type Lane, type PortfolioMarket, restingExit } from './lanes.js';
import type { BacktestResult, CostModel } from './types.js';

export type { PortfolioMarket } from './lanes.js';

export interface PortfolioOptions extends CostModel {
  config: TradingConfig;
  cash: number;
  /** What a proposal to buy is worth that no model has an answer to: as it is, unless given. */
  withoutModel?: WithoutModel;
  /** Told every moment at which live would have run a cycle; a run that is told is slower. */
  journal?: (moment: Moment) => void;
}

/** What a cycle saw and decided. Money in quote, before the cycle's own orders; the equity is all that lies on the account. */
export interface Moment {
  time: number;
  equity: number;
  cash: number;
  signals: JudgedSignal[];
  decided: Decided;
}

export interface PortfolioResult extends BacktestResult {
  /** At the first opening and at every close, ms UTC. */
  time: Float64Array;
  /** Cash and what is held, remainders below a lot included. */
  equity: Float64Array;
  /** Signals and entries refused, by code. */
  refusals: Record<string, number>;
}

interface Run {
  options: PortfolioOptions;
  account: Account;
  lanes: Lane[];
  laneOf: (symbol: string) => Lane | undefined;
  book: Book;
  /** Length of a candle, ms. */
  step: number;
  /** Size of a vote that makes the confidence which the mode asks for. */
  leastVote: number;
  hasExitRules: boolean;
  refuse(code: string): void;
}

/**
 * Several symbols on one account by live's own rules. When a candle has closed, its signal is judged, sized and
 * risk-checked by the functions that the trading loop calls, at the first price after it, and executed there. Stop and
 * target stand from the entry's fill. A day that reaches the daily loss limit trades no more. Cost grows with the sum
 * of the candles.
 */
export function runPortfolio(markets: readonly PortfolioMarket[], options: PortfolioOptions): PortfolioResult {
  const { config, cash, feePct } = options;
  const refusals: Record<string, number> = {};
  const lanes = markets.map((market) => createLane(market, config.timeframe, feePct));
  const bySymbol = new Map(lanes.map((lane) => [lane.symbol, lane]));
  const account = openAccount(cash);
  const run: Run = {
    options,
    account,
    lanes,
    laneOf: (symbol) => bySymbol.get(symbol),
    book: openBook(account, lanes, config, cash, earliest(lanes)),
    step: TIMEFRAME_MS[config.timeframe],
    leastVote: (MODES[config.tradingMode].minConfidence - 0.5) / 100,
    hasExitRules: Object.values(config.exits).some((value) => value > 0),
    refuse: (code) => void (refusals[code] = (refusals[code] ?? 0) + 1),
  };
  for (;;) {
    passQuietly(run);
    const time = earliest(lanes);
    if (time === Number.POSITIVE_INFINITY) break;
    for (const lane of lanes) if (lane.candles.timestamp[lane.cursor] === time) open(run, lane, time);
    runCycle(run, time);
    for (const lane of lanes) if (lane.candles.timestamp[lane.cursor] === time) liveThrough(run, lane, time);
    run.book.mark(time + run.step);
  }
  const last = run.book.total();
  for (const { holding, candles } of lanes)
    if (holding) listOpen(account, holding, candles.timestamp[candles.length - 1]!, candles.close[candles.length - 1]!);
  return { trades: account.trades, finalEquity: last, ...run.book.curve(), refusals };
}

/** One symbol alone is idle or waits for its levels most of the time; several of them take every candle step by step. */
function passQuietly({ lanes, book, leastVote, step, hasExitRules, options }: Run): void {
  const [lane] = lanes;
  if (lanes.length > 1 || !lane || options.journal || (hasExitRules && lane.holding)) return;
  if (lane.cursor < lane.candles.length && !book.halted(lane.candles.timestamp[lane.cursor]!))
    book.pass(lane, leastVote, step);
}

/** A candle begins: the price is its open, which may lie beyond a level. */
function open(run: Run, lane: Lane, time: number): void {
  lane.price = lane.candles.open[lane.cursor]!;
  const beyond = lane.holding && restingExit(lane.price, lane.holding);
  if (beyond) leave(run, lane, beyond, time, time);
}

/** The rest of a candle; what fills in it is known to the cool-downs by its close. */
function liveThrough(run: Run, lane: Lane, time: number): void {
  const exit = lane.holding && exitOf(lane, lane.holding);
  if (exit) leave(run, lane, exit, time, time + run.step - 1);
  lane.price = lane.candles.close[lane.cursor]!;
  lane.closed = lane.cursor;
  lane.cursor += 1;
}

function runCycle(run: Run, now: number): void {
  const { account, lanes, laneOf, book, hasExitRules } = run;
  const { config, journal, withoutModel = 'full' } = run.options;
  const nearLoss = book.begin(now);
  const halted = book.halted(now);
  let heard = false;
  for (const lane of lanes) if (isHeard(run, lane)) heard = true;
  const tended = hasExitRules && account.holdings.length > 0;
  if (!tended && !journal && (halted || !(heard || nearLoss))) return;

  const cycle: Cycle = { now, config, withoutModel, account, laneOf, nearLoss, state: book.now };
  const judged = halted ? [] : lanes.flatMap((lane) => signalOf(run, lane, cycle));
  const decided = halted ? NOTHING : decideCycle(cycle, judged);
  journal?.({ time: now, equity: book.total(), cash: account.cash, signals: judged, decided });
  if (decided.emergency) {
    book.halt();
    run.refuse('DAILY_LOSS_LIMIT');
    if (config.liquidateOnEmergency)
      for (const lane of lanes) if (lane.holding) sellNow(run, lane, 1, 'emergency', now);
    return;
  }
  decided.refusals.forEach(run.refuse);
  for (const plan of decided.plans) enter(run, plan, now);
  for (const lane of lanes) {
    const { holding } = lane;
    if (!holding) continue;
    const exit = decided.exits.find(({ positionId }) => positionId === holding.id);
    if (exit) sellNow(run, lane, 1, exit.reason, now);
    else if (hasExitRules) applyExitRules(run, lane, cycle);
  }
}

const NOTHING: Decided = { emergency: false, plans: [], exits: [], refusals: [] };

/** Whether the vote of a candle that has just closed is one to act upon. */
function isHeard({ leastVote }: Run, { votes, closed, holding }: Lane): boolean {
  const vote = closed < 0 ? 0 : votes[closed]!;
  return holding ? vote <= -leastVote : vote >= leastVote;
}

/** The newest candle's signal, where it counts and (unless everything is journalled) something could come of it. */
function signalOf(run: Run, lane: Lane, cycle: Cycle): JudgedSignal[] {
  const { candles, closed, cursor } = lane;
  if (closed < SNAPSHOT_CANDLES - 1) return [];
  const heard = isHeard(run, lane);
  const begins = candles.timestamp[cursor] === cycle.now;
  const follows = candles.timestamp[closed]! + run.step === cycle.now;
  if (!begins || !(heard || run.options.journal)) return [];
  if (!follows && !lane.holding) {
    run.refuse('GAP_AFTER_SIGNAL');
    return [];
  }
  const judged = judge(lane, cycle, closed);
  if (heard && judged.signal.type === 'BUY') judged.rejections.forEach(run.refuse);
  return [judged];
}

function enter(run: Run, plan: Decided['plans'][number], now: number): void {
  const { lane } = plan.proposal;
  const { slippagePct, feePct } = run.options;
  const price = buyPrice(Number(plan.referencePrice), slippagePct);
  lane.holding = buy(run.account, now, price, plan, feePct, lane.rules);
  if (!lane.holding) run.refuse('INSUFFICIENT_BALANCE');
  else if (plan.proposal.probability !== undefined) lane.holding.probability = plan.proposal.probability;
}

/** As `managePositions` does it: the highest price is noted before anything is decided by it, and one action a cycle. */
function applyExitRules(run: Run, lane: Lane, cycle: Cycle): void {
  const holding = lane.holding!;
  holding.highest = Math.max(holding.highest, laneSnapshot(lane, cycle.now).price);
  const [decision] = exitsAt(lane, holding, cycle);
  if (decision?.kind === 'move-stop') holding.stop = Number(decision.stopPrice);
  else if (decision) sellNow(run, lane, decision.fraction, decision.reason, cycle.now);
}

/** A sale at the market, at the price of now. */
function sellNow(run: Run, lane: Lane, fraction: number, reason: ExitReason, now: number): void {
  const { slippagePct } = run.options;
  const price = sellPrice(lane.price - lane.spread, reason === 'target' ? 'signal' : reason, slippagePct);
  close(run, lane, { time: now, filledAt: now, price, fraction, reason });
}

/** Stop or target: the stop is a sale at the market, the target a resting order. */
function leave(run: Run, lane: Lane, { price: level, reason }: LevelExit, time: number, filledAt: number): void {
  const price = sellPrice(reason === 'stop' ? level - lane.spread : level, reason, run.options.slippagePct);
  close(run, lane, { time, filledAt, price, fraction: 1, reason });
}

function close({ account, book, options }: Run, lane: Lane, sale: Omit<Sale, 'day' | 'feePct'>): void {
  const holding = lane.holding!;
  sell(account, holding, { ...sale, day: book.dayOf(sale.filledAt), feePct: options.feePct }, lane.rules);
  if (sale.fraction < 1) return;
  lane.dust += holding.quantity;
  lane.holding = null;
}
