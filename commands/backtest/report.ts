import { METRIC_DEFINITIONS, performanceMetrics, type PerformanceMetrics } from '../../trading/metrics/index.js';
import { TIMEFRAME_MS } from '../../trading/types.js';
import { missingDetail } from '../../trading/backtest/detail.js';
import { smallestOrder } from '../../trading/backtest/spotRules.js';
import type { LoadedMarket } from './load.js';
import type { ModelUse } from './model.js';
import type { BacktestOptions } from './options.js';
import type { BacktestRun } from './plain.js';

export interface BacktestReport {
  strategy: string;
  params: Record<string, number>;
  symbols: string[];
  timeframe: string;
  from: string;
  to: string;
  rules: string;
  candles: number;
  seconds: number;
  finalEquity: number;
  metrics: PerformanceMetrics;
  /** Live's rules only. */
  policy?: string;
  /** What a buy was worth that no model answered. */
  withoutModel?: string;
  models?: ModelUse[];
  refusals?: Record<string, number>;
  /** What the smaller candles lack of the candles that were traded, where there are any. */
  detail?: { symbol: string; timeframe: string; missing: number }[];
  /** Live's rules only: in units of each quote asset. */
  smallestOrders?: Record<string, number>;
  trades: Record<string, unknown>[];
}

/** The document that `--json` writes; times in ISO 8601. */
export function reportOf(run: BacktestRun, markets: LoadedMarket[], options: BacktestOptions): BacktestReport {
  const { candles, timeframe, warmUp } = markets[0]!;
  const candleMs = TIMEFRAME_MS[timeframe];
  return {
    strategy: options.strategy,
    params: run.params,
    symbols: markets.map(({ symbol }) => symbol),
    timeframe,
    from: iso(candles.timestamp[warmUp]!),
    to: iso(candles.timestamp[candles.length - 1]! + candleMs),
    rules: options.rules,
    ...(options.rules === 'live' ? { policy: options.policy, withoutModel: options.withoutModel } : {}),
    ...(run.models ? { models: run.models } : {}),
    candles: run.candles,
    seconds: run.seconds,
    finalEquity: run.finalEquity,
    metrics: performanceMetrics({ equity: run.equity, trades: run.trades, benchmark: run.benchmark, candleMs }),
    refusals: run.refusals,
    ...detailOf(markets),
    ...(options.rules === 'live' ? { smallestOrders: smallestOrders(markets, options) } : {}),
    trades: run.trades.map((trade) => ({ ...trade, entryTime: iso(trade.entryTime), exitTime: iso(trade.exitTime) })),
  };
}

function detailOf(markets: LoadedMarket[]): Pick<BacktestReport, 'detail'> {
  const detail = markets.flatMap(({ detail: smaller, ...market }) =>
    smaller ? [{ symbol: market.symbol, timeframe: smaller.timeframe, missing: missingDetail(smaller, market) }] : [],
  );
  return detail.length > 0 ? { detail } : {};
}

function smallestOrders(markets: LoadedMarket[], { minNotional }: BacktestOptions): Record<string, number> {
  const quotes = markets.map(({ symbol }) => symbol.split('/')[1] ?? 'USDT');
  return Object.fromEntries(quotes.map((quote) => [quote, minNotional ?? smallestOrder(quote)]));
}

const SHOWN = [
  'totalReturnPct',
  'cagrPct',
  'maxDrawdownPct',
  'sharpe',
  'sortino',
  'trades',
  'winRatePct',
  'profitFactor',
  'expectancyPct',
  'meanTradeLowPct',
  'meanTradeHighPct',
  'exposurePct',
  'fees',
  'buyAndHoldPct',
];

export function summaryText(report: BacktestReport, options: BacktestOptions): string {
  const { metrics, candles, seconds } = report;
  const speed = seconds > 0 ? `${(candles / seconds / 1e6).toFixed(1)} million a second` : '';
  const rows = SHOWN.map((name) => {
    const { title, unit } = METRIC_DEFINITIONS[name]!;
    const value = metrics[name];
    return `  ${title.padEnd(28)}${value === null || value === undefined ? 'not defined' : `${format(value)} ${unit}`}`;
  });
  const smallest = Object.entries(report.smallestOrders ?? {}).map(([quote, amount]) => `${amount} ${quote}`);
  const refused = Object.entries(report.refusals ?? {}).map(([code, count]) => `${code} ${count}`);
  return [
    `${report.strategy} on ${report.symbols.join(', ')} ${report.timeframe}, ${report.from} to ${report.to}`,
    `  ${'Candles'.padEnd(28)}${candles} in ${seconds.toFixed(6)} s (${speed})`,
    `  ${'Equity'.padEnd(28)}${format(options.cash)} -> ${format(report.finalEquity)}`,
    ...rows,
    ...(report.models ?? []).map((model) => `  ${'Model'.padEnd(28)}${modelText(model)}`),
    ...(report.detail ?? []).map((each) => `  ${'Detail candles'.padEnd(28)}${detailText(each)}`),
    ...(smallest.length > 0 ? [`  ${'Smallest order'.padEnd(28)}${smallest.join(', ')}`] : []),
    ...(refused.length > 0 ? [`  ${'Entries refused'.padEnd(28)}${refused.join(', ')}`] : []),
    ...[options.json, options.html].filter((path) => path !== undefined).map((path) => `  written: ${path}`),
  ].join('\n');
}

/** What is missing is decided on the candle itself, where a stop comes before a target. */
function detailText({ symbol, timeframe, missing }: NonNullable<BacktestReport['detail']>[number]): string {
  return missing === 0 ? `all of ${timeframe} (${symbol})` : `${missing} of ${timeframe} missing (${symbol})`;
}

/** Which model, and how much it had to say. */
export function modelText({ symbol, version, scored, early, old }: ModelUse): string {
  const silent = [...(early > 0 ? [`${early} came too early`] : []), ...(old > 0 ? [`for ${old} it was too old`] : [])];
  return `${version} for ${symbol}: ${scored} proposals scored${silent.map((each) => `, ${each}`).join('')}`;
}

const iso = (time: number): string => new Date(time).toISOString();
const format = (value: number): string =>
  Number.isInteger(value) ? String(value) : value.toFixed(Math.abs(value) < 10 ? 3 : 2);
