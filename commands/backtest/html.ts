import { METRIC_DEFINITIONS, underwater } from '../../trading/metrics/index.js';
import { histogram, lineChart, type Mark } from './charts.js';
import type { BacktestRun } from './plain.js';
import { type BacktestReport, modelText } from './report.js';
import { escape, metricsTable, metricText, moment, monthsTable, tradesTable } from './tables.js';

const STYLE = `:root{color-scheme:light dark;--text:#1b1f24;--dim:#59636e;--line:#d9dee3;--card:#f5f7f9;--blue:#1f6feb;--grey:#8b949e;--green:#0a7d33;--red:#b3261e}
@media(prefers-color-scheme:dark){:root{--text:#e6edf3;--dim:#9aa4ae;--line:#30363d;--card:#161b22;--blue:#58a6ff;--grey:#8b949e;--green:#3fb950;--red:#f85149}body{background:#0d1117}}
body{font:14px/1.5 system-ui,sans-serif;max-width:1000px;margin:2rem auto;padding:0 1rem;color:var(--text)}
h1{margin-bottom:.2rem}h2{margin:2rem 0 .3rem}.dim,small{color:var(--dim)}
svg{width:100%;height:auto;font-size:11px}svg text{fill:var(--dim)}polyline{fill:none;stroke-width:1.4}.grid{stroke:var(--line);stroke-width:1}
.equity{stroke:var(--blue)}.price{stroke:var(--grey)}.fall{stroke:var(--red)}.entry{fill:var(--blue)}.won{fill:var(--green)}.lost{fill:var(--red)}.pale{opacity:.45}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(200px,1fr));gap:.6rem;margin:1rem 0}.tile{background:var(--card);border-radius:8px;padding:.5rem .8rem}.tile b{display:block;font-size:18px}
table{border-collapse:collapse;width:100%;margin:.5rem 0;font-variant-numeric:tabular-nums}td,th{border-bottom:1px solid var(--line);padding:.2rem .5rem;text-align:right}td:first-child,th:first-child,.l{text-align:left}
.group{padding-top:.9rem}.g{color:var(--green)}.r{color:var(--red)}@media print{svg,tr{break-inside:avoid}}`;

const TILES = [
  'totalReturnPct',
  'buyAndHoldPct',
  'maxDrawdownPct',
  'sharpe',
  'trades',
  'winRatePct',
  'profitFactor',
  'fees',
];

/** One self-contained page: no script, no request, readable offline and in print. */
export function htmlReport(report: BacktestReport, run: BacktestRun): string {
  const { time, equity } = run.equity;
  const fall = Array.from(underwater(equity), (share) => 100 * share);
  const title = `${report.strategy} on ${report.symbols.join(', ')} ${report.timeframe}`;
  const several = report.symbols.length > 1;
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(title)}</title>
<style>${STYLE}</style>
<h1>${escape(title)}</h1><p class="dim">${aboutText(report)}</p>
<div class="tiles">${TILES.map((name) => `<div class="tile">${escape(METRIC_DEFINITIONS[name]!.title)}<b>${metricText(name, report.metrics[name])}</b></div>`).join('')}</div>
<h2>Equity</h2><small>quote units, open positions at the market's price</small>
${lineChart([{ values: equity, colour: 'equity' }], time, { height: 280 })}
<h2>Drawdown</h2><small>below the highest equity so far</small>
${lineChart([{ values: fall, colour: 'fall' }], time, { height: 150, unit: ' %' })}
<h2>${several ? 'The markets and the trades' : 'The price and the trades'}</h2><small>${report.rules === 'live' ? `what ${several ? 'equal shares of the symbols' : 'the symbol'} would be worth, 1 at the beginning` : 'closing prices'}; blue: entries, green and red: exits with a gain or a loss</small>
${lineChart([{ values: run.benchmark, colour: 'price' }], time, { height: 280, marks: marksOf(run) })}
<h2>Months</h2><small>change of the equity, percent</small>${monthsTable(time, equity)}
<h2>Distribution of the trades</h2><small>results in percent of the entry's value, after fees</small>${histogram(run.trades.map(({ pnlPct }) => pnlPct))}
<h2>Figures</h2><table>${metricsTable(report)}</table>
${refusalsTable(report)}<h2>Trades</h2>${tradesTable(report)}</html>\n`;
}

function aboutText({ from, to, candles, rules, params, policy, models = [] }: BacktestReport): string {
  const values = Object.entries(params).map(([name, value]) => `${name} ${value}`);
  return [
    `${moment(from)} to ${moment(to)} UTC, ${candles} candles, rules: ${rules}`,
    ...(values.length > 0 ? [`parameters: ${escape(values.join(', '))}`] : []),
    ...models.map((model) => `policy ${policy}, model ${escape(modelText(model))}`),
  ].join('<br>');
}

/** Entries, and exits by their result; `time` ascends, trades come in any order. */
function marksOf({ trades, equity: { time } }: BacktestRun): Mark[] {
  const at = (moment: number): number => {
    let low = 0;
    let high = time.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (time[middle]! < moment) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return trades.flatMap(({ entryTime, exitTime, exitReason, pnl }): Mark[] => [
    { at: at(entryTime), kind: 'entry' },
    ...(exitReason === 'open' ? [] : [{ at: at(exitTime + 1), kind: pnl > 0 ? ('won' as const) : ('lost' as const) }]),
  ]);
}

function refusalsTable({ refusals }: BacktestReport): string {
  const rows = Object.entries(refusals ?? {}).sort(([, a], [, b]) => b - a);
  if (rows.length === 0) return '';
  return `<h2>Refused entries</h2><table>${rows.map(([code, count]) => `<tr><td>${escape(code)}</td><td>${count}</td></tr>`).join('')}</table>`;
}
