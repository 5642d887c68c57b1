import type { Controls } from './controls.js';
import { expectancyPicture, liftPicture, monthsPicture, reliabilityPicture } from './pictures.js';
import type { QualityReport } from './report.js';

/** What was trained and tested; times are ISO 8601. */
export interface PageSubject {
  symbol: string;
  timeframe: string;
  question: string;
  train: { from: string; to: string; rows: number };
  tested: { from: string; to: string };
}

/** The quality report as one HTML page with pictures, for wide screens and phones, light and dark; it needs nothing from anywhere. */
export function qualityPage(subject: PageSubject, test: QualityReport, controls: Controls): string {
  const { symbol, timeframe, question, train, tested } = subject;
  const title = `${symbol} ${timeframe}`;
  const spans = `Learnt from ${train.rows} candles, ${day(train.from)} to ${day(train.to)}; tested on ${test.n} later ones, ${day(tested.from)} to ${day(tested.to)}.`;
  const clean = controls.plantedLeakCaught && controls.lookahead.length === 0;
  const verdicts = [
    verdict('Calibration error', fixed(test.ece), 'at most 0.02', test.ece <= 0.02),
    verdict('Skill against the base rate', signed(test.brierSkill), 'at least 0', test.brierSkill >= 0),
    verdict(
      'Skill against volatility alone',
      signed(test.brierSkillVsVolatility),
      'above 0',
      test.brierSkillVsVolatility > 0,
    ),
    verdict(
      'Controls',
      clean ? 'clean' : 'not clean',
      `shuffled labels: AUC ${fixed(controls.shuffledAuc)}; planted leak ${controls.plantedLeakCaught ? 'caught' : 'not caught'}`,
      clean && Math.abs(controls.shuffledAuc - 0.5) <= 0.05,
    ),
  ];
  const figures = [
    ['Rows', String(test.n)],
    ['Base rate', percent(test.baseRate)],
    ['Told on average', percent(test.meanProbability)],
    ['AUC (95 %)', `${fixed(test.auc)} (${fixed(test.aucInterval.low)} to ${fixed(test.aucInterval.high)})`],
    ['AUC of volatility alone', fixed(test.aucVolatility)],
    ['Brier score', test.brier.toFixed(5)],
    ['ECE, ten bins of equal width', fixed(test.ece)],
    ['ECE, ten bins of equal count', fixed(test.eceByQuantile)],
    ['Features that look ahead', controls.lookahead.join(', ') || 'none'],
  ];
  const confidences = test.byConfidence.map((c) => [
    `at least ${c.confidence}`,
    c.count,
    percent(c.hitRate),
    `${signed(c.netReturnPct, 3)} %`,
  ]);
  const months = test.byMonth.map((m) => [
    m.month,
    m.n,
    percent(m.meanProbability),
    percent(m.baseRate),
    fixed(m.auc),
    signed(m.brierSkill),
    signed(m.brierSkillVsVolatility),
    fixed(m.ece),
  ]);
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escape(title)}</title><style>${STYLE}</style></head><body>
<h1>${escape(title)}</h1><p>${escape(question[0]!.toUpperCase() + question.slice(1))}<br>${escape(spans)}</p>
<div class="verdicts">${verdicts.join('')}</div>
<div class="two">${figure('Told and happened', 'Each dot is a tenth of the rows; on the line, the confidence means what it says.', reliabilityPicture(test))}
${figure('Lift by tenth', 'How many times the base rate each tenth holds, most probable first.', liftPicture(test.liftByDecile))}
${figure('What trades would have brought, after fees', 'Mean result of buying at every row of at least this confidence. Pale: fewer than 100 rows.', expectancyPicture(test.byConfidence))}
${figure('Month by month', 'Blue dots: told on average. Orange squares: happened.', monthsPicture(test.byMonth))}</div>
<h2>Figures</h2>${table(['Figure', 'Value'], figures)}
<h2>By confidence</h2>${table(['Confidence', 'Rows', 'Hit rate', 'Net result a trade'], confidences)}
<h2>By month</h2>${table(['Month', 'Rows', 'Told', 'Happened', 'AUC', 'Skill', 'Against volatility', 'ECE'], months)}
</body></html>
`;
}

const STYLE = `:root{color-scheme:light dark;--text:#1c2330;--soft:#5b6577;--line:#d8dde6;--back:#fff;--card:#f5f7fa;--first:#2f6fde;--second:#c2570c;--good:#13703a;--bad:#b3261e}
@media(prefers-color-scheme:dark){:root{--text:#e6e9ef;--soft:#9aa5b8;--line:#333c4b;--back:#12161d;--card:#1b212b;--first:#6ea1ff;--second:#f0944d;--good:#5fd08f;--bad:#ff8a80}}
body{font:15px/1.5 system-ui,sans-serif;max-width:1160px;margin:1.5rem auto;padding:0 1rem;color:var(--text);background:var(--back)}
h1{margin-bottom:0}h2{margin:1.5rem 0 .3rem;font-size:1.15rem}p{color:var(--soft);margin:.2rem 0}
.verdicts{display:grid;grid-template-columns:repeat(auto-fit,minmax(220px,1fr));gap:.8rem;margin:1rem 0}
.verdicts div{background:var(--card);border-radius:8px;padding:.7rem 1rem;border-left:5px solid var(--bad)}.verdicts .good{border-color:var(--good)}
.verdicts b{display:block;font-size:1.5rem}.verdicts small{color:var(--soft)}
.two{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,480px),1fr));gap:0 2rem}
figure{margin:0}svg{width:100%;height:auto;display:block}svg text{fill:var(--soft);font-size:13px;text-anchor:middle}svg .end{text-anchor:end}
.grid{stroke:var(--line)}.guide{stroke:var(--soft);stroke-dasharray:5 4}.first{fill:var(--first)}.second{fill:var(--second)}.pale{opacity:.4}
.wide{overflow-x:auto}table{border-collapse:collapse}td,th{padding:.25rem .8rem;border-bottom:1px solid var(--line);text-align:right;white-space:nowrap}td:first-child,th:first-child{text-align:left;padding-left:0}
@media(max-width:560px){svg text{font-size:17px}td,th{padding:.25rem .4rem}.wide td:last-child{white-space:normal}}`;

const verdict = (name: string, value: string, goal: string, good: boolean): string =>
  `<div${good ? ' class="good"' : ''}>${name}<b>${value}</b><small>${goal}${good ? '' : ': missed'}</small></div>`;
const figure = (title: string, text: string, picture: string): string =>
  `<figure><h2>${title}</h2><p>${text}</p>${picture}</figure>`;
const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  `<div class="wide"><table><tr>${head.map((cell) => `<th>${cell}</th>`).join('')}</tr>${rows
    .map((row) => `<tr>${row.map((cell) => `<td>${escape(String(cell))}</td>`).join('')}</tr>`)
    .join('')}</table></div>`;

const day = (iso: string): string => iso.slice(0, 10);
const percent = (fraction: number): string => `${(100 * fraction).toFixed(1)} %`;
const fixed = (value: number): string => value.toFixed(4);
const signed = (value: number, digits = 4): string => `${value < 0 ? '' : '+'}${value.toFixed(digits)}`;
const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (text: string): string => text.replace(/[&<>"]/g, (character) => ENTITIES[character]!);
