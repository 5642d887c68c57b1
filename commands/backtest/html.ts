import { METRIC_DEFINITIONS, underwater } from '../../trading/metrics/index.js';
import type { BacktestRun } from './plain.js';
import { type BacktestReport, modelText } from './report.js';

const WIDTH = 960;
const POINTS = 1200;

/** One self-contained page: no script, no request, readable offline and in print. */
export function htmlReport(report: BacktestReport, run: BacktestRun): string {
  const time = Array.from(run.equity.time);
  const equity = Array.from(run.equity.equity);
  const scale = (equity[0] ?? 1) / (run.benchmark[0] ?? 1);
  const holding = Array.from(run.benchmark, (price) => price * scale);
  const fall = Array.from(underwater(equity), (share) => 100 * share);
  const models = (report.models ?? [])
    .map((model) => `<br>policy ${report.policy}, model ${escape(modelText(model))}`)
    .join('');
  const title = `${report.strategy} on ${report.symbols.join(', ')} ${report.timeframe}`;
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escape(title)}</title>
<style>body{font:14px/1.5 system-ui,sans-serif;max-width:1000px;margin:2rem auto;padding:0 1rem;color:#1b1f24}svg{width:100%;height:auto}
table{border-collapse:collapse;width:100%;margin:.5rem 0}td,th{border-bottom:1px solid #ddd;padding:.25rem .5rem;text-align:right}td:first-child,th:first-child,.l{text-align:left}
h2{margin-top:2rem}.g{color:#0a7d33}.r{color:#b3261e}small{color:#59636e}</style>
<h1>${escape(title)}</h1><p>${report.from} to ${report.to}, ${report.candles} candles, rules: ${report.rules},
parameters: ${escape(JSON.stringify(report.params))}${models}</p>
<h2>Equity</h2><small>blue: equity, grey: buy and hold, green: profitable entries, red: losing entries</small>
${chart(
  [
    { values: holding, colour: '#9aa4ae' },
    { values: equity, colour: '#1f6feb' },
  ],
  time,
  300,
  marks(report, time, equity),
)}
<h2>Drawdown, %</h2>${chart([{ values: fall, colour: '#b3261e' }], time, 140, [])}
<h2>Months, %</h2>${monthlyTable(time, equity)}
<h2>Distribution of trades</h2><small>result in percent of the entry's value</small>${histogram(run.trades.map(({ pnlPct }) => pnlPct))}
<h2>Metrics</h2>${metricsTable(report)}
<h2>Trades</h2>${tradesTable(report)}</html>\n`;
}

interface Mark {
  at: number;
  value: number;
  won: boolean;
}

function chart(lines: { values: number[]; colour: string }[], time: number[], height: number, dots: Mark[]): string {
  const every = Math.max(1, Math.floor(time.length / POINTS));
  const all = lines.flatMap(({ values }) => values.filter((_, index) => index % every === 0));
  const low = all.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = all.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const x = (index: number) => ((index / Math.max(1, time.length - 1)) * WIDTH).toFixed(1);
  const y = (value: number) => (height - ((value - low) / (high - low || 1)) * height).toFixed(1);
  const paths = lines.map(({ values, colour }) => {
    const points = values.flatMap((value, index) =>
      index % every === 0 || index === values.length - 1 ? [`${x(index)},${y(value)}`] : [],
    );
    return `<polyline fill="none" stroke="${colour}" stroke-width="1.3" points="${points.join(' ')}"/>`;
  });
  const circles = dots.map(
    ({ at, value, won }) => `<circle cx="${x(at)}" cy="${y(value)}" r="2.5" fill="${won ? '#0a7d33' : '#b3261e'}"/>`,
  );
  const label = (value: number, top: number) =>
    `<text x="4" y="${top}" font-size="11" fill="#59636e">${value.toFixed(2)}</text>`;
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="chart">${paths.join('')}${circles.join('')}${label(high, 12)}${label(low, height - 4)}</svg>`;
}

function marks(report: BacktestReport, time: number[], equity: number[]): Mark[] {
  let at = 0;
  return report.trades.slice(0, 2000).map((trade) => {
    const entry = Date.parse(String(trade['entryTime']));
    if (time[at]! > entry) at = 0;
    while (at + 1 < time.length && time[at + 1]! <= entry) at += 1;
    return { at, value: equity[at]!, won: Number(trade['pnl']) > 0 };
  });
}

function monthlyTable(time: number[], equity: number[]): string {
  const ends = new Map<string, number>();
  time.forEach((each, index) => ends.set(new Date(each - 1).toISOString().slice(0, 7), equity[index]!));
  let before = equity[0]!;
  const cells = new Map<string, Map<number, number>>();
  for (const [month, value] of ends) {
    const [year, number] = [month.slice(0, 4), Number(month.slice(5))];
    if (!cells.has(year)) cells.set(year, new Map());
    cells.get(year)!.set(number, 100 * (value / before - 1));
    before = value;
  }
  const months = Array.from({ length: 12 }, (_, index) => index + 1);
  const rows = [...cells].map(
    ([year, row]) => `<tr><td>${year}</td>${months.map((month) => coloured(row.get(month))).join('')}</tr>`,
  );
  return `<table><tr><th></th>${months.map((month) => `<th>${month}</th>`).join('')}</tr>${rows.join('')}</table>`;
}

function histogram(results: number[]): string {
  if (results.length === 0) return '<p>no trades</p>';
  const low = Math.min(0, ...results);
  const high = Math.max(0, ...results);
  const bins = new Array<number>(40).fill(0);
  const width = (high - low) / bins.length || 1;
  for (const result of results) bins[Math.min(bins.length - 1, Math.floor((result - low) / width))]! += 1;
  const tallest = Math.max(...bins);
  const bars = bins.map((count, index) => {
    const height = (count / tallest) * 120;
    const middle = low + (index + 0.5) * width;
    return `<rect x="${index * 24}" y="${130 - height}" width="22" height="${height}" fill="${middle < 0 ? '#b3261e' : '#0a7d33'}"><title>${middle.toFixed(2)} %: ${count}</title></rect>`;
  });
  return `<svg viewBox="0 0 ${WIDTH} 150" role="img" aria-label="distribution">${bars.join('')}<text x="0" y="146" font-size="11">${low.toFixed(2)} %</text><text x="900" y="146" font-size="11">${high.toFixed(2)} %</text></svg>`;
}

function metricsTable({ metrics }: BacktestReport): string {
  const rows = Object.entries(metrics).map(([name, value]) => {
    const { title, unit, formula } = METRIC_DEFINITIONS[name] ?? { title: name, unit: '', formula: '' };
    return `<tr><td>${escape(title)}</td><td>${value === null ? 'not defined' : value.toFixed(3)} ${escape(unit)}</td><td class="l"><small>${escape(formula)}</small></td></tr>`;
  });
  return `<table><tr><th>Figure</th><th>Value</th><th class="l">Definition</th></tr>${rows.join('')}</table>`;
}

function tradesTable({ trades }: BacktestReport): string {
  const shown = trades.slice(0, 500);
  const rows = shown.map((trade) => {
    const cell = (name: string) => `<td>${Number(trade[name]).toPrecision(8)}</td>`;
    return `<tr><td>${escape(String(trade['symbol']))}</td><td>${trade['entryTime']}</td>${cell('entryPrice')}<td>${trade['exitTime']}</td>${cell('exitPrice')}${cell('quantity')}${coloured(Number(trade['pnl']))}<td>${trade['exitReason']}</td></tr>`;
  });
  const more = trades.length > shown.length ? `<p>${trades.length - shown.length} more in the JSON report</p>` : '';
  return `<table><tr><th>Symbol</th><th>Entry</th><th>Price</th><th>Exit</th><th>Price</th><th>Quantity</th><th>Result</th><th>Reason</th></tr>${rows.join('')}</table>${more}`;
}

const coloured = (value: number | undefined): string =>
  value === undefined ? '<td></td>' : `<td class="${value < 0 ? 'r' : 'g'}">${value.toFixed(2)}</td>`;
const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
