import type { ConfidenceRow, QualityReport, Summary } from './report.js';

/** Pictures of a quality report as SVG text. Colours are the page's CSS variables, so that they follow light and dark. */

const WIDTH = 560;
const HEIGHT = 320;
const LEFT = 72;
const RIGHT = 16;
const TOP = 16;
const BOTTOM = 44;

/** A square under the diagonal: dots on it are honest. Bins of equal count, so each dot stands for a tenth of the rows. */
export function reliabilityPicture({ reliabilityByQuantile: bins }: QualityReport): string {
  const most = Math.max(0.01, ...bins.flatMap((bin) => [bin.predicted, bin.observed]));
  const x = scale(0, most * 1.05, LEFT, WIDTH - RIGHT);
  const y = scale(0, most * 1.05, HEIGHT - BOTTOM, TOP);
  const dots = bins.map((bin) => {
    const title = `told ${percent(bin.predicted)}, happened ${percent(bin.observed)}, ${bin.count} rows`;
    return `<circle class="first" cx="${x(bin.predicted)}" cy="${y(bin.observed)}" r="6"><title>${title}</title></circle>`;
  });
  return svg('Reliability curve: told against happened', [
    axes({ x, y, ticksX: ticks(most), ticksY: ticks(most), text: percent, textX: percent, label: 'told' }),
    `<line class="guide" x1="${x(0)}" y1="${y(0)}" x2="${x(most)}" y2="${y(most)}"/>`,
    ...dots,
  ]);
}

/** What each tenth of the rows holds, in base rates; from the most probable tenth down. */
export function liftPicture(lifts: readonly number[]): string {
  const most = Math.max(1.2, ...lifts);
  const y = scale(0, most * 1.05, HEIGHT - BOTTOM, TOP);
  const bars = lifts.map((lift, i) =>
    bar(i, lifts.length, y, lift, `${i + 1}`, `${lift.toFixed(2)} times the base rate`),
  );
  return svg('Lift by tenth of the rows, most probable first', [
    axes({ y, ticksY: ticks(most), text: (value) => value.toFixed(1), label: 'tenth of the rows' }),
    ...bars,
    guide(y(1)),
  ]);
}

/** Mean result of a trade after fees, of the rows with at least so much confidence; pale where they are few. */
export function expectancyPicture(rows: readonly ConfidenceRow[]): string {
  const results = rows.map((row) => row.netReturnPct);
  const [low, high] = [Math.min(-0.1, ...results), Math.max(0.1, ...results)];
  const y = scale(low * 1.1, high * 1.1, HEIGHT - BOTTOM, TOP);
  const bars = rows.map((row, i) => {
    const title = `at least ${row.confidence}: ${signed(row.netReturnPct)} a trade, ${row.count} rows`;
    return bar(i, rows.length, y, row.netReturnPct, `${row.confidence}`, title, row.count < FEW);
  });
  const text = (value: number) => `${value.toFixed(1)} %`;
  return svg('Net result of a trade by confidence', [
    axes({
      y,
      ticksY: [
        ...ticks(-low)
          .slice(1)
          .map((tick) => -tick),
        ...ticks(high),
      ],
      text,
      label: 'confidence of at least',
    }),
    ...bars,
    guide(y(0)),
  ]);
}

/** Month by month: what was told on average, and what happened. */
export function monthsPicture(months: readonly ({ month: string } & Summary)[]): string {
  const most = Math.max(0.01, ...months.flatMap((month) => [month.meanProbability, month.baseRate]));
  const y = scale(0, most * 1.05, HEIGHT - BOTTOM, TOP);
  const every = Math.ceil(months.length / 6);
  const pairs = months.map((month, i) => {
    const at = center(i, months.length);
    const title = `<title>${month.month}: told ${percent(month.meanProbability)}, happened ${percent(month.baseRate)}</title>`;
    const name = i % every === 0 ? `<text x="${at}" y="${HEIGHT - BOTTOM + 18}">${month.month.slice(2)}</text>` : '';
    return `<line class="grid" x1="${at}" x2="${at}" y1="${y(month.meanProbability)}" y2="${y(month.baseRate)}"/>
<circle class="first" cx="${at}" cy="${y(month.meanProbability)}" r="5">${title}</circle>
<rect class="second" x="${at - 5}" y="${y(month.baseRate) - 5}" width="10" height="10">${title}</rect>${name}`;
  });
  return svg('Told and happened by month', [axes({ y, ticksY: ticks(most), text: percent, label: 'month' }), ...pairs]);
}

/** Fewer rows than this say little: their bars are pale. */
const FEW = 100;

type Scale = (value: number) => number;

function scale(from: number, to: number, at: number, end: number): Scale {
  return (value) => Math.round((at + ((value - from) / (to - from)) * (end - at)) * 10) / 10;
}

/** About four round numbers from 0 up to `most`. */
function ticks(most: number): number[] {
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough)!;
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, i) => i * step);
}

interface Axes {
  y: Scale;
  ticksY: readonly number[];
  text(value: number): string;
  label: string;
  x?: Scale;
  ticksX?: readonly number[];
  textX?(value: number): string;
}

function axes({ y, ticksY, text, label, x, ticksX = [], textX = text }: Axes): string {
  const lines = ticksY.map(
    (tick) =>
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(tick)}" y2="${y(tick)}"/><text class="end" x="${LEFT - 8}" y="${y(tick) + 4}">${text(tick)}</text>`,
  );
  const below = x ? ticksX.map((tick) => `<text x="${x(tick)}" y="${HEIGHT - BOTTOM + 18}">${textX(tick)}</text>`) : [];
  const name = `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 6}">${label}</text>`;
  return [...lines, ...below, name].join('');
}

const slot = (of: number): number => (WIDTH - LEFT - RIGHT) / of;
const center = (i: number, of: number): number => Math.round((LEFT + slot(of) * (i + 0.5)) * 10) / 10;

function bar(i: number, of: number, y: Scale, value: number, name: string, title: string, pale = false): string {
  const width = Math.max(2, Math.min(slot(of) - 4, 48));
  const [top, bottom] = [Math.min(y(0), y(value)), Math.max(y(0), y(value))];
  return `<rect class="first${pale ? ' pale' : ''}" x="${center(i, of) - width / 2}" y="${top}" width="${width}" height="${Math.max(1, bottom - top)}"><title>${title}</title></rect><text x="${center(i, of)}" y="${HEIGHT - BOTTOM + 18}">${name}</text>`;
}

const guide = (y: number): string => `<line class="guide" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}"/>`;
const svg = (label: string, parts: readonly string[]): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${label}" viewBox="0 0 ${WIDTH} ${HEIGHT}">${parts.join('')}</svg>`;
const percent = (fraction: number): string => `${Number((100 * fraction).toFixed(1))} %`;
const signed = (value: number): string => `${value < 0 ? '' : '+'}${value.toFixed(3)} %`;
