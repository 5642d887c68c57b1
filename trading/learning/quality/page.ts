import type { Controls } from './controls.js';
import type { QualityReport } from './report.js';

/** The quality report as one HTML page with pictures; it needs nothing from anywhere. */
export function qualityPage(title: string, test: QualityReport, controls: Controls): string {
  const figures: [string, string][] = [
    ['Rows', String(test.n)],
    ['Base rate', percent(test.baseRate)],
    ['AUC', `${fixed(test.auc)} (${fixed(test.aucInterval.low)} to ${fixed(test.aucInterval.high)})`],
    ['AUC of volatility alone', fixed(test.aucVolatility)],
    ['Brier skill against the base rate', fixed(test.brierSkill)],
    ['Brier skill against volatility alone', fixed(test.brierSkillVsVolatility)],
    ['ECE, bins of equal width', fixed(test.ece)],
    ['ECE, bins of equal count', fixed(test.eceByQuantile)],
    ['AUC on shuffled labels', fixed(controls.shuffledAuc)],
    ['Planted leak', controls.plantedLeakCaught ? 'caught' : 'NOT CAUGHT'],
    ['Features that look ahead', controls.lookahead.join(', ') || 'none'],
  ];
  const months = test.byMonth.map((m) => [
    m.month,
    m.n,
    percent(m.baseRate),
    fixed(m.auc),
    fixed(m.brierSkill),
    fixed(m.brierSkillVsVolatility),
    fixed(m.ece),
  ]);
  const confidences = test.byConfidence.map((c) => [
    `>= ${c.confidence}`,
    c.count,
    percent(c.hitRate),
    `${c.netReturnPct.toFixed(3)} %`,
  ]);
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escape(title)}</title><style>
body{font:15px/1.5 system-ui,sans-serif;max-width:880px;margin:2rem auto;padding:0 1rem;color:#1c2330}
table{border-collapse:collapse;margin:.5rem 0 1.5rem}td,th{padding:.2rem .8rem;border-bottom:1px solid #d8dde6;text-align:right}
td:first-child,th:first-child{text-align:left}svg{max-width:100%;height:auto}</style></head><body>
<h1>${escape(title)}</h1>
${table(['Figure', 'Value'], figures)}
<h2>Told and happened</h2>${reliabilityPicture(test)}
<h2>Lift by tenth, most probable first</h2>${barPicture(test.liftByDecile)}
<h2>What trades would have brought, after fees</h2>${table(['Confidence', 'Rows', 'Hit rate', 'Net result a trade'], confidences)}
<h2>By month</h2>${table(['Month', 'Rows', 'Base rate', 'AUC', 'Skill', 'Against volatility', 'ECE'], months)}
</body></html>
`;
}

const WIDTH = 420;
const HEIGHT = 320;
const EDGE = 40;

/** Dots on the diagonal are honest; their area shows how many rows they stand for. */
function reliabilityPicture({ reliabilityByQuantile: bins, n }: QualityReport): string {
  const top = Math.max(0.05, ...bins.flatMap((bin) => [bin.predicted, bin.observed])) * 1.1;
  const x = (value: number) => EDGE + (value / top) * (WIDTH - 2 * EDGE);
  const y = (value: number) => HEIGHT - EDGE - (value / top) * (HEIGHT - 2 * EDGE);
  const dots = bins
    .map(
      (bin) =>
        `<circle cx="${x(bin.predicted).toFixed(1)}" cy="${y(bin.observed).toFixed(1)}" r="${(3 + 12 * Math.sqrt(bin.count / n)).toFixed(1)}" fill="#2f6fde" fill-opacity=".6"><title>told ${percent(bin.predicted)}, happened ${percent(bin.observed)}, ${bin.count} rows</title></circle>`,
    )
    .join('');
  return `${svg('Reliability curve')}<line x1="${x(0)}" y1="${y(0)}" x2="${x(top)}" y2="${y(top)}" stroke="#9aa5b8" stroke-dasharray="4"/>${dots}
<text x="${WIDTH / 2}" y="${HEIGHT - 6}" text-anchor="middle" font-size="12">told, up to ${percent(top)}</text>
<text x="12" y="${HEIGHT / 2}" text-anchor="middle" font-size="12" transform="rotate(-90 12 ${HEIGHT / 2})">happened</text></svg>`;
}

function barPicture(lifts: readonly number[]): string {
  const top = Math.max(1.2, ...lifts);
  const width = (WIDTH - 2 * EDGE) / lifts.length;
  const height = (lift: number) => (lift / top) * (HEIGHT - 2 * EDGE);
  const bars = lifts
    .map(
      (lift, i) =>
        `<rect x="${(EDGE + i * width + 2).toFixed(1)}" y="${(HEIGHT - EDGE - height(lift)).toFixed(1)}" width="${(width - 4).toFixed(1)}" height="${height(lift).toFixed(1)}" fill="#2f6fde"><title>${lift.toFixed(2)} times the base rate</title></rect>`,
    )
    .join('');
  const one = HEIGHT - EDGE - height(1);
  return `${svg('Lift by tenth')}${bars}<line x1="${EDGE}" x2="${WIDTH - EDGE}" y1="${one}" y2="${one}" stroke="#9aa5b8" stroke-dasharray="4"/></svg>`;
}

const svg = (label: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${label}" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}">`;

const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]) =>
  `<table><tr>${head.map((cell) => `<th>${escape(cell)}</th>`).join('')}</tr>${rows
    .map((row) => `<tr>${row.map((cell) => `<td>${escape(String(cell))}</td>`).join('')}</tr>`)
    .join('')}</table>`;

const percent = (fraction: number) => `${(100 * fraction).toFixed(1)} %`;
const fixed = (value: number) => value.toFixed(4);
const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (text: string) => text.replace(/[&<>"]/g, (character) => ENTITIES[character]!);
