import { useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useFormat } from '../format/useFormat.js';
import { type Colours, useColours } from './useColours.js';

export interface Line {
  label: string;
  values: (number | null)[];
  colour: 'accent' | 'up' | 'down' | 'warn' | 'dim';
  fill?: boolean;
  dashed?: boolean;
}

interface LineChartProps {
  /** What the chart tells, for those who don't see it. */
  label: string;
  /** ms since the epoch, rising. */
  times: number[];
  lines: Line[];
  height?: number;
  unit?: string;
}

/** Values over time with a legend that follows the pointer. */
export function LineChart({ label, times, lines, height = 240, unit = '' }: LineChartProps) {
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const colours = useColours();
  const format = useFormat();
  const timeLabel = useTranslation().t('common.time');
  const data = useMemo<uPlot.AlignedData>(
    () => [times.map((time) => time / 1000), ...lines.map(({ values }) => values)],
    [times, lines],
  );
  const latest = useRef(data);
  latest.current = data;
  const shape = lines.map((line) => `${line.label}${line.colour}${line.fill}${line.dashed}`).join();

  useEffect(() => {
    const element = holder.current;
    if (!element) return;
    const value = (_: uPlot, amount: number | null) => (amount === null ? '–' : `${format.number(amount)}${unit}`);
    const made = new uPlot(
      {
        width: element.clientWidth,
        height,
        tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), format.timeZone),
        padding: [10, 8, 0, 0],
        cursor: { points: { size: 7 } },
        scales: { y: { range: (_, low, high) => padded(low, high) } },
        series: [
          { value: (_, seconds) => (seconds === null ? '–' : format.dateTime(seconds * 1000)), label: timeLabel },
          ...lines.map((line) => seriesOf(line, colours, value)),
        ],
        axes: axesOf(
          colours,
          (amount) => `${format.number(amount)}${unit}`,
          (ms, wide) => (wide ? format.date(ms) : format.shortDateTime(ms)),
        ),
      },
      latest.current,
      element,
    );
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
    // `shape` stands for the lines: their values are set below without building the chart anew.
  }, [colours, format, height, unit, shape, timeLabel]);
  useEffect(() => plot.current?.setData(data), [data]);
  return <div className="chart" ref={holder} role="img" aria-label={label} />;
}

function seriesOf(line: Line, colours: Colours, value: (u: uPlot, amount: number | null) => string): uPlot.Series {
  const stroke = colours[line.colour];
  return {
    label: line.label,
    stroke,
    width: 1.8,
    value,
    spanGaps: true,
    points: { show: false },
    fill: line.fill ? `${stroke}22` : undefined,
    dash: line.dashed ? [5, 5] : undefined,
  };
}

function axesOf(
  colours: Colours,
  number: (amount: number) => string,
  time: (ms: number, wide: boolean) => string,
): uPlot.Axis[] {
  const shared = {
    stroke: colours.dim,
    font: `11px ${colours.font}`,
    grid: { stroke: colours.border, width: 1 },
    ticks: { show: false },
  };
  return [
    {
      ...shared,
      space: 110,
      size: 30,
      values: (_, splits, _axis, _space, step) => splits.map((at) => time(at * 1000, step >= 86400)),
    },
    { ...shared, size: 66, values: (_, splits) => splits.map(number) },
  ];
}

/** A little room above and below; a flat line gets a band around it. */
function padded(low: number | null, high: number | null): [number, number] {
  if (low === null || high === null) return [0, 1];
  const room = (high - low) * 0.08 || Math.abs(high) * 0.01 || 1;
  return [low - room, high + room];
}
