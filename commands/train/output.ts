import type { Predictions } from '../../trading/learning/evaluate.js';
import type { Controls } from '../../trading/learning/quality/controls.js';
import type { QualityReport } from '../../trading/learning/quality/report.js';

/** CSV `timestamp,probability,label`, one line for every test row, exact enough to recompute every figure. */
export function predictionLines({ timestamp, probability, label }: Predictions): string {
  const lines = ['timestamp,probability,label'];
  for (let i = 0; i < label.length; i++) lines.push(`${timestamp[i]},${probability[i]},${label[i]}`);
  return `${lines.join('\n')}\n`;
}

interface Printable {
  test: QualityReport;
  controls: Controls;
  symbol: string;
  timeframe: string;
  question: string;
  tested: { from: string; to: string; rowsWithoutLabel: number };
  seconds: number;
}

export function printReport({ test, controls, symbol, timeframe, question, tested, seconds }: Printable): void {
  const f = (value: number, digits = 4) => value.toFixed(digits);
  const pct = (value: number) => `${(100 * value).toFixed(1)} %`;
  const lines = [
    `${symbol} ${timeframe}: ${test.n} test rows, base rate ${pct(test.baseRate)}, ${seconds} s`,
    question,
    `told every row from ${tested.from} to ${tested.to}; the last ${tested.rowsWithoutLabel} candles have no label yet`,
    `AUC ${f(test.auc)} (95 % ${f(test.aucInterval.low)} to ${f(test.aucInterval.high)}), volatility alone ${f(test.aucVolatility)}`,
    `Brier ${f(test.brier, 5)}, skill ${f(test.brierSkill)} against the base rate, ${f(test.brierSkillVsVolatility)} against volatility alone`,
    `ECE ${f(test.ece)} in bins of equal width, ${f(test.eceByQuantile)} of equal count`,
    `controls: shuffled labels AUC ${f(controls.shuffledAuc)}, planted leak ${controls.plantedLeakCaught ? 'caught' : 'NOT CAUGHT'} (AUC ${f(controls.leakAuc.without)} without, ${f(controls.leakAuc.with)} with it), features that look ahead: ${controls.lookahead.join(', ') || 'none'}`,
    '',
    'told        happened    rows',
    ...test.reliability.map((bin) => `${pct(bin.predicted).padEnd(12)}${pct(bin.observed).padEnd(12)}${bin.count}`),
    '',
    `lift by tenth: ${test.liftByDecile.map((lift) => lift.toFixed(2)).join(' ')}`,
    '',
    'confidence  rows      hit rate  net result a trade',
    ...test.byConfidence.map(
      (row) =>
        `>= ${String(row.confidence).padEnd(8)} ${String(row.count).padEnd(9)} ${pct(row.hitRate).padEnd(9)} ${row.netReturnPct.toFixed(3)} %`,
    ),
    '',
    'month    rows   base rate  AUC     skill    vs volatility  ECE',
    ...test.byMonth.map(
      (m) =>
        `${m.month}  ${String(m.n).padEnd(6)} ${pct(m.baseRate).padEnd(10)} ${f(m.auc)}  ${f(m.brierSkill).padStart(7)}  ${f(m.brierSkillVsVolatility).padStart(7)}        ${f(m.ece)}`,
    ),
  ];
  console.log(lines.join('\n'));
}
