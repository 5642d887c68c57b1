import type { Predictions } from '../../../trading/learning/evaluate.js';
import type { Controls } from '../../../trading/learning/quality/controls.js';
import { qualityPage } from '../../../trading/learning/quality/page.js';
import { qualityReport } from '../../../trading/learning/quality/report.js';
import { createRandom } from '../../../trading/learning/random.js';

const HOUR = 3_600_000;
const controls: Controls = {
  shuffledAuc: 0.501,
  plantedLeakCaught: true,
  lookahead: [],
  leakAuc: { without: 0.6, with: 0.9 },
};
const subject = {
  symbol: 'A<B/USDT',
  timeframe: '1h',
  question: 'asked: does +2 % come first?',
  train: { from: '2023-01-01T00:00:00.000Z', to: '2024-01-01T00:00:00.000Z', rows: 8760 },
  tested: { from: '2024-01-01T00:00:00.000Z', to: '2024-03-01T00:00:00.000Z' },
};

/** Rows whose outcomes come as often as `told` of what was told. */
function predictions(rows: number, told: (p: number) => number): Predictions {
  const random = createRandom(3);
  const probability = Float64Array.from({ length: rows }, () => 0.05 + 0.3 * random());
  return {
    rows: Int32Array.from(probability, (_, i) => i),
    timestamp: Float64Array.from(probability, (_, i) => Date.UTC(2024, 0, 1) + i * HOUR),
    probability,
    label: Uint8Array.from(probability, (p) => (random() < told(p) ? 1 : 0)),
    netReturnPct: Float32Array.from(probability, () => 3 * random() - 1.5),
    volatility: probability.map(() => 0.2),
    adaptiveVolatility: probability.map(() => 0.2),
  };
}
const page = (rows: number, told: (p: number) => number, of = controls): string =>
  qualityPage(subject, qualityReport(predictions(rows, told), { symbol: 'A', horizonBars: 4, seed: 1, draws: 5 }), of);

test('says of each promise whether it was kept, with four pictures', () => {
  const honest = page(20_000, (p) => p);
  expect(honest.match(/<div class="good">/g)).toHaveLength(4);
  expect(honest).not.toContain('missed');
  expect(honest.match(/<svg /g)).toHaveLength(4);
  expect(honest).toContain('A&lt;B/USDT');
});

test('says what was missed', () => {
  const braggart = page(20_000, (p) => p / 4, { ...controls, plantedLeakCaught: false });
  expect(braggart.match(/missed/g)).toHaveLength(4);
  expect(braggart).toContain('planted leak not caught');
});

test.each([
  ['one row', 1, () => 1],
  ['no target', 500, () => 0],
  ['targets only', 500, () => 1],
])('draws %s without a number that is none', (_what, rows, told) => {
  expect(page(rows, told)).not.toMatch(/NaN|Infinity|undefined/);
});
