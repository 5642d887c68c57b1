/** What a run costs by its candles and symbols, measured and drawn: docs/backtest-cost.svg. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runPortfolio } from '../../trading/backtest/index.js';
import { createStrategy } from '../../trading/signals/registry.js';
import type { CandleColumns } from '../../trading/types.js';
import { ensembleConfig, ensembleRules } from './config.js';

export interface CostPoint {
  symbols: number;
  /** Of all symbols together. */
  candles: number;
  /** Of processor time, the best of several runs. */
  milliseconds: number;
}

const RUNS = 8;
const SIZES = [25_000, 50_000, 100_000, 150_000, 200_000];

/** The ensemble by live's rules: one symbol of growing length, and up to eight symbols of 25,000 candles. */
export function measureCost(series: (length: number) => CandleColumns): CostPoint[] {
  cost([series(SIZES.at(-1)!)]); // for the compiler, which would slow the first points
  const long = SIZES.map((size) => cost([series(size)]));
  const wide = [2, 4, 6, 8].map((count) => cost(Array.from({ length: count }, () => series(SIZES[0]!))));
  return [...long, ...wide];
}

function cost(all: readonly CandleColumns[]): CostPoint {
  const symbols = all.map((_, index) => `S${index}/USDT`);
  const config = { ...ensembleConfig, symbols };
  const once = () =>
    runPortfolio(
      all.map((candles, index) => ({
        symbol: symbols[index]!,
        candles,
        warmUp: 40,
        rules: { ...ensembleRules, symbol: symbols[index]! },
        votes: createStrategy('ensemble').votes(candles),
      })),
      { config, cash: 10_000, feePct: 0.1, slippagePct: 0 },
    );
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run <= RUNS; run++) {
    const before = process.cpuUsage();
    once();
    const { user, system } = process.cpuUsage(before);
    if (run > 0) best = Math.min(best, (user + system) / 1000);
  }
  return { symbols: all.length, candles: all.reduce((sum, { length }) => sum + length, 0), milliseconds: best };
}

const WIDTH = 720;
const HEIGHT = 400;
const MARGIN = 60;

/** Points over a line through the origin whose slope is the median of theirs: on it, cost is linear. */
export function costPlot(points: readonly CostPoint[]): string {
  const most = Math.max(...points.map(({ candles }) => candles));
  const longest = Math.max(...points.map(({ milliseconds }) => milliseconds)) * 1.1;
  const slopes = points.map(({ milliseconds, candles }) => milliseconds / candles).sort((a, b) => a - b);
  const slope = slopes[Math.floor(slopes.length / 2)]!;
  const x = (candles: number) => (MARGIN + (candles / most) * (WIDTH - 2 * MARGIN)).toFixed(1);
  const y = (ms: number) => (HEIGHT - MARGIN - (ms / longest) * (HEIGHT - 2 * MARGIN)).toFixed(1);
  const dots = points.map(({ symbols, candles, milliseconds }) => {
    const colour = symbols === 1 ? '#1f6feb' : '#b3541e';
    const title = `${symbols} x ${candles / symbols} candles: ${milliseconds.toFixed(0)} ms`;
    const label = symbols === 1 ? '' : `<text x="${x(candles)}" y="${Number(y(milliseconds)) - 10}">${symbols}</text>`;
    return `<circle cx="${x(candles)}" cy="${y(milliseconds)}" r="5" fill="${colour}"><title>${title}</title></circle>${label}`;
  });
  const ticks = SIZES.map(
    (size) => `<text x="${x(size)}" y="${HEIGHT - MARGIN + 20}" text-anchor="middle">${size / 1000}k</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="13">
<rect width="100%" height="100%" fill="#fff"/>
<text x="${MARGIN}" y="24">Processor time of the ensemble by live's rules, ms, over all candles together</text>
<text x="${MARGIN}" y="42" fill="#1f6feb">one symbol</text><text x="${MARGIN + 90}" y="42" fill="#b3541e">several symbols of 25,000 candles each (their number beside the point)</text>
<line x1="${x(0)}" y1="${y(0)}" x2="${x(most)}" y2="${y(0)}" stroke="#888"/><line x1="${x(0)}" y1="${y(0)}" x2="${x(0)}" y2="${MARGIN}" stroke="#888"/>
<line x1="${x(0)}" y1="${y(0)}" x2="${x(most)}" y2="${y(slope * most)}" stroke="#bbb" stroke-dasharray="5 4"/>
<text x="${x(0)}" y="${MARGIN - 6}" text-anchor="middle">${longest.toFixed(0)}</text>
${ticks.join('\n')}
${dots.join('\n')}
</svg>
`;
}

export function drawCost(root: string, series: (length: number) => CandleColumns): CostPoint[] {
  const points = measureCost(series);
  writeFileSync(join(root, 'docs', 'backtest-cost.svg'), costPlot(points));
  return points;
}
