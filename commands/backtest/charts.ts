/** Charts of the HTML report as SVG: no script, readable in print and on a dark screen. */

export interface Line {
  values: ArrayLike<number>;
  /** Name of the colour in the page's style. */
  colour: string;
}

export interface Mark {
  /** Place among the line's points. */
  at: number;
  kind: 'entry' | 'won' | 'lost';
}

const WIDTH = 960;
const LEFT = 64;
const BOTTOM = 22;
const TOP = 8;
/** Columns into which a long line is gathered; of each its lowest and highest value are drawn. */
const COLUMNS = 600;
/** More marks than these would hide the line: they become fine and pale. */
const MANY_MARKS = 250;

/** Lines over time on one scale, with marks on the first of them. Times in ms UTC; `unit` stands behind the scale's numbers. */
export function lineChart(
  lines: readonly Line[],
  time: ArrayLike<number>,
  { height, unit = '', marks = [] }: { height: number; unit?: string; marks?: readonly Mark[] },
): string {
  const [low, high] = rangeOf(lines);
  const steps = niceSteps(low, high, 5);
  const x = (index: number) => LEFT + (index / Math.max(1, time.length - 1)) * (WIDTH - LEFT - 8);
  const y = (value: number) => TOP + ((high - value) / (high - low)) * (height - TOP - BOTTOM);
  const digits = digitsOf(steps);
  const scale = steps.map(
    (value) =>
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - 8}" y1="${y(value).toFixed(1)}" y2="${y(value).toFixed(1)}"/><text x="${LEFT - 6}" y="${(y(value) + 4).toFixed(1)}" text-anchor="end">${grouped(value, digits)}${unit}</text>`,
  );
  const paths = lines.map(
    ({ values, colour }) => `<polyline class="${colour}" points="${thinned(values, x, y).join(' ')}"/>`,
  );
  const first = lines[0]?.values ?? [];
  const small = marks.length > MANY_MARKS;
  const drawn = marks.map(
    ({ at, kind }) =>
      `<circle class="${kind}" cx="${x(at).toFixed(1)}" cy="${y(first[at]!).toFixed(1)}" r="${small ? 1.4 : 3}"/>`,
  );
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img">${scale.join('')}${timeScale(time, x, height)}${paths.join('')}<g class="${small ? 'pale' : ''}">${drawn.join('')}</g></svg>`;
}

function rangeOf(lines: readonly Line[]): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const { values } of lines)
    for (let index = 0; index < values.length; index++) {
      low = Math.min(low, values[index]!);
      high = Math.max(high, values[index]!);
    }
  if (!(low <= high)) return [0, 1];
  const air = (high - low) * 0.04 || Math.abs(high) * 0.01 || 1;
  return [low - air, high + air];
}

/** Of each column of points its lowest and highest, in the order in which they came. */
function thinned(values: ArrayLike<number>, x: (index: number) => number, y: (value: number) => number): string[] {
  const size = Math.max(1, Math.ceil(values.length / COLUMNS));
  const points: string[] = [];
  const draw = (index: number) => points.push(`${x(index).toFixed(1)},${y(values[index]!).toFixed(1)}`);
  for (let first = 0; first < values.length; first += size) {
    let lowest = first;
    let highest = first;
    for (let index = first; index < Math.min(first + size, values.length); index++) {
      if (values[index]! < values[lowest]!) lowest = index;
      if (values[index]! > values[highest]!) highest = index;
    }
    draw(Math.min(lowest, highest));
    if (lowest !== highest) draw(Math.max(lowest, highest));
  }
  return points;
}

function timeScale(time: ArrayLike<number>, x: (index: number) => number, height: number): string {
  const last = time.length - 1;
  if (last < 1) return '';
  const days = (time[last]! - time[0]!) / 86_400_000;
  const text = (index: number) =>
    new Date(time[index]!)
      .toISOString()
      .replace('T', ' ')
      .slice(0, days > 6 ? 10 : 16);
  return [0, 0.2, 0.4, 0.6, 0.8, 1]
    .map((share) => Math.round(share * last))
    .map((index) => {
      const anchor = index === 0 ? 'start' : index === last ? 'end' : 'middle';
      return `<text x="${x(index).toFixed(1)}" y="${height - 5}" text-anchor="${anchor}">${text(index)}</text>`;
    })
    .join('');
}

/** Multiples of 1, 2 or 5 times a power of ten between the two, about so many. */
function niceSteps(low: number, high: number, count: number): number[] {
  const step = niceStep((high - low) / count);
  const steps: number[] = [];
  for (let value = Math.ceil(low / step) * step; value <= high; value += step)
    steps.push(Math.abs(value) < step / 1e6 ? 0 : value);
  return steps;
}

/** The next 1, 2 or 5 times a power of ten; `rough` is above 0. */
function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5].map((factor) => factor * power).find((each) => each >= rough) ?? 10 * power;
}

const digitsOf = ([first = 0, second = 1]: readonly number[]): number =>
  Math.max(0, Math.min(8, -Math.floor(Math.log10(Math.abs(second - first) * 1.0001))));

/** A number with thin spaces between its thousands. */
export function grouped(value: number, digits: number): string {
  const [whole = '', fraction] = Math.abs(value).toFixed(digits).split('.');
  const text = whole.replace(/\B(?=(\d{3})+$)/g, '\u2009');
  return `${value < 0 && Number(value.toFixed(digits)) !== 0 ? '\u2212' : ''}${text}${fraction ? `.${fraction}` : ''}`;
}

/** How many results lie where; percent. */
export function histogram(results: readonly number[]): string {
  if (results.length === 0) return '<p>no trades</p>';
  const low = results.reduce((a, b) => Math.min(a, b), 0);
  const high = results.reduce((a, b) => Math.max(a, b), 0);
  const height = 190;
  const width = niceStep(Math.max((high - low) / 40, 1e-6));
  const first = Math.floor(low / width);
  const bins = new Array<number>(Math.floor(high / width) - first + 1).fill(0);
  for (const result of results) bins[Math.min(bins.length - 1, Math.floor(result / width) - first)]! += 1;
  const tallest = bins.reduce((a, b) => Math.max(a, b), 1);
  const span = (WIDTH - LEFT - 8) / bins.length;
  const x = (bin: number) => LEFT + bin * span;
  const bars = bins.map((count, bin) => {
    const from = (first + bin) * width;
    const tall = (count / tallest) * (height - TOP - BOTTOM);
    return `<rect class="${from < 0 ? 'lost' : 'won'}" x="${(x(bin) + 0.5).toFixed(1)}" y="${(height - BOTTOM - tall).toFixed(1)}" width="${Math.max(0.5, span - 1).toFixed(1)}" height="${tall.toFixed(1)}"><title>${grouped(from, 2)} to ${grouped(from + width, 2)} %: ${count}</title></rect>`;
  });
  const scale = niceSteps(low, high || width, 8).map(
    (value) =>
      `<text x="${x(value / width - first).toFixed(1)}" y="${height - 5}" text-anchor="middle">${grouped(value, digitsOf([0, width * 4]))} %</text>`,
  );
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img"><text x="${LEFT - 6}" y="${TOP + 8}" text-anchor="end">${tallest}</text>${bars.join('')}${scale.join('')}</svg>`;
}
