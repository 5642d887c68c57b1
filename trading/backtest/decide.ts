import { exitDecisions, type ExitDecision } from '../exits/index.js';
import { marketSnapshot } from '../market/snapshot.js';
import { sliceCandles } from '../market/columns.js';
import { checkProtectionFilters, protectionLevels } from '../orders/protection.js';
import { checkEntry, correlationMatrix, RISK_CHECKS, type RiskContext } from '../risk/index.js';
import { signalFromScore } from '../signals/evaluate.js';
import { validateSignal } from '../signals/validate.js';
import { sizeEntry } from '../sizing/index.js';
import {
  type CandleColumns,
  type ClosedTrade,
  type MarketSnapshot,
  type Position,
  type SymbolRules,
  TIMEFRAME_MS,
  type TradingConfig,
} from '../types.js';
import type { Account, Holding, Purchase } from './account.js';

/** Closed candles that live's snapshot looks back on. */
export const SNAPSHOT_WINDOW = 300;
const CORRELATION_WINDOW = 200;

export interface Moment {
  config: TradingConfig;
  feeRate: number;
  /** Market time: the close of the candle that is judged. */
  now: number;
  account: Account;
  equity: number;
  peakEquity: number;
  day: { key: string; openingEquity: number };
  todaysTrades: ClosedTrade[];
  exposure: number;
  /** Candles up to now by symbol, for correlations. */
  known: () => Record<string, Float64Array>;
}

/** The market as live would see it at the close of candle `index`: last price, bid and ask are the close. */
export function snapshotAt(
  candles: CandleColumns,
  index: number,
  symbol: string,
  config: TradingConfig,
): MarketSnapshot {
  const last = candles.close[index]!;
  const marketTime = candles.timestamp[index]! + TIMEFRAME_MS[config.timeframe];
  const window = sliceCandles(candles, Math.max(0, index + 1 - SNAPSHOT_WINDOW), index + 1);
  return marketSnapshot(window, { last, bid: last, ask: last, marketTime }, symbol, config.timeframe);
}

/** Whether live would act on this vote: the signal's own quality checks. Refusal codes otherwise. */
export function judgeSignal(score: number, snapshot: MarketSnapshot, moment: Moment): string[] {
  const { config, feeRate, now, account } = moment;
  const signal = signalFromScore(score, snapshot.candleTime, { symbol: snapshot.symbol, config, snapshot, feeRate });
  const positionOpen = account.holdings.has(snapshot.symbol);
  const verdict = validateSignal(signal, { now, config, snapshot, feeRate, lastSignal: null, positionOpen });
  return verdict.accepted ? [] : verdict.rejections.map(({ code }) => code);
}

/** Size and risk as live asks them for one entry; the order, or the code of the refusal. */
export function planEntry(
  snapshot: MarketSnapshot,
  confidence: number,
  rules: SymbolRules,
  moment: Moment,
  before: { count: number; notional: number },
): (Purchase & { notional: number }) | { refused: string } {
  const { config, feeRate, account, equity, exposure } = moment;
  const levels = protectionLevels({ entryPrice: snapshot.ask, config, rules });
  const sized = sizeEntry({
    equity,
    freeQuote: account.cash - before.notional * (1 + feeRate),
    price: snapshot.ask,
    stopPrice: levels.stopPrice,
    atrPct: snapshot.atrPct,
    config,
    rules,
    exposureNow: exposure + before.notional,
    feeRate,
  });
  if (!sized.approved) return { refused: sized.code };
  const notional = Number(sized.notional);
  const stopPrice = Number(levels.stopPrice);
  const targetPrice = Number(levels.targetPrice);
  const allowed = checkEntry(riskContext(snapshot, moment), {
    symbol: snapshot.symbol,
    price: snapshot.ask,
    signalPrice: snapshot.ask,
    stopPrice,
    targetPrice,
    notional,
    confidence,
    feeRate,
    entriesThisCycle: before.count,
    notionalThisCycle: before.notional,
  });
  if (!allowed.approved) return { refused: allowed.code };
  const protection = checkProtectionFilters({
    quantity: sized.quantity,
    ...levels,
    rules,
    lastPrice: snapshot.price,
    feeRate,
  });
  if (!protection.approved) return { refused: protection.code };
  return {
    quantity: Number(sized.quantity),
    stopRatio: stopPrice / snapshot.ask,
    targetRatio: targetPrice / snapshot.ask,
    notional,
  };
}

/** The account's own brakes, which live asks once a cycle before it plans anything; the first refusal's code, or null. */
export function accountRefusal(moment: Moment): string | null {
  const context = riskContext(null, moment);
  for (const each of RISK_CHECKS) {
    const found = each.scope === 'account' ? each.check(context).find(({ effect }) => effect !== 'warn') : undefined;
    if (found) return found.refusal.code;
  }
  return null;
}

/** Live's exits beyond stop and target, asked at the close. */
export function exitsAt(
  holding: Holding,
  snapshot: MarketSnapshot,
  config: TradingConfig,
  rules: SymbolRules,
  now: number,
): ExitDecision[] {
  return exitDecisions(positionOf(holding), snapshot, config, now, rules.tickSize);
}

/** Everything that concerns the connection or the fleet is sound in a backtest. */
function riskContext(snapshot: MarketSnapshot | null, moment: Moment): RiskContext {
  const { now, config, equity, account, day, peakEquity } = moment;
  const pnl = equity - day.openingEquity;
  return {
    now,
    realNow: now,
    config,
    account: { equity, cash: account.cash, reserved: 0, unexplained: 0 },
    day: { ...day, pnl, pnlPct: (100 * pnl) / day.openingEquity, tradesToday: moment.todaysTrades.length },
    peakEquity,
    positions: [...account.holdings.values()].map(positionOf),
    recentTrades: moment.todaysTrades,
    marketBySymbol: snapshot ? { [snapshot.symbol]: snapshot } : {},
    correlations: snapshot && account.holdings.size > 0 ? correlationMatrix(moment.known(), CORRELATION_WINDOW) : {},
    exchange: {
      lastSuccessAt: now,
      errorRatePct: 0,
      latencyMs: 0,
      calls: 0,
      clockOffsetMs: 0,
      usedWeight: 0,
      weightLimit: 6000,
      bannedUntil: null,
    },
    ordersLastMinute: 0,
    fleetHalted: false,
  };
}

function positionOf(holding: Holding): Position {
  return {
    id: `${holding.symbol} ${holding.entryTime}`,
    symbol: holding.symbol,
    status: 'OPEN',
    quantity: plain(holding.quantity),
    entryQuantity: plain(holding.entryQuantity),
    entryPrice: plain(holding.entryPrice),
    entryFee: plain(holding.entryFee),
    entryTime: holding.entryTime,
    stopPrice: plain(holding.stop),
    targetPrice: plain(holding.target),
    highestPrice: plain(holding.highest),
    partialTaken: holding.partialTaken,
    protection: {
      orderListId: '',
      stopClientOrderId: '',
      targetClientOrderId: '',
      quantity: plain(holding.quantity),
      kind: 'OCO',
    },
    unprotectedSince: null,
    intentId: '',
    realizedPnl: '0',
  };
}

const plain = (value: number): string => String(value);
