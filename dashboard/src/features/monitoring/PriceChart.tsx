import { CandlestickSeries, createChart, createSeriesMarkers, HistogramSeries, LineStyle } from 'lightweight-charts';
import type {
  AutoscaleInfo,
  IChartApi,
  IPriceLine,
  ISeriesApi,
  ISeriesMarkersPluginApi,
  SeriesMarker,
  Time,
  UTCTimestamp,
} from 'lightweight-charts';
import { useEffect, useRef } from 'react';
import { type Colours, useColours } from '../../components/useColours.js';
import type { Format } from '../../format/format.js';
import { tickMarks } from '../../components/tickMarks.js';
import { useFormat } from '../../format/useFormat.js';
import type { CandleRow } from '../../../../trading/types.js';

export interface ChartMark {
  time: number; // ms
  kind: 'buy' | 'sell' | 'entry' | 'exit';
  text: string;
}

export interface ChartLevel {
  price: number;
  kind: 'entry' | 'stop' | 'target';
  text: string;
}

interface PriceChartProps {
  label: string;
  candles: readonly CandleRow[];
  marks: readonly ChartMark[];
  levels: readonly ChartLevel[];
  height?: number;
}

interface Parts {
  chart: IChartApi;
  candles: ISeriesApi<'Candlestick'>;
  volume: ISeriesApi<'Histogram'>;
  markers: ISeriesMarkersPluginApi<Time>;
  lines: IPriceLine[];
}

const seconds = (ms: number) => Math.floor(ms / 1000) as UTCTimestamp;

/** Candles with volume, the bot's signals and fills as marks, and stop and target of what is open as lines. */
export function PriceChart({ label, candles, marks, levels, height = 380 }: PriceChartProps) {
  const holder = useRef<HTMLDivElement>(null);
  const parts = useRef<Parts | null>(null);
  const drawn = useRef<{ first: number; length: number }>({ first: 0, length: 0 });
  const rows = useRef<readonly CandleRow[]>([]);
  const colours = useColours();
  const format = useFormat();

  useEffect(() => {
    if (!holder.current) return;
    const made = build(holder.current, colours, format);
    parts.current = made;
    drawn.current = { first: 0, length: 0 };
    return () => {
      made.chart.remove();
      parts.current = null;
    };
  }, [colours, format]);
  useEffect(() => {
    const made = parts.current;
    if (!made) return;
    const before = rows.current;
    rows.current = candles;
    const column = columnOf(colours);
    if (drawn.current.length > 0 && continues(before, candles)) {
      // A price moves the last candle some times a second: the others stay as they are drawn.
      for (const row of candles.slice(before.length - 1)) {
        made.candles.update(barOf(row));
        made.volume.update(column(row));
      }
      drawn.current.length = candles.length;
      return;
    }
    made.candles.setData(candles.map(barOf));
    made.volume.setData(candles.map(column));
    const first = candles[0]?.[0] ?? 0;
    const other = first > drawn.current.first + 86_400_000 || first < drawn.current.first;
    if (drawn.current.length === 0 || other)
      made.chart.timeScale().setVisibleLogicalRange({ from: candles.length - 110, to: candles.length + 4 });
    drawn.current = { first, length: candles.length };
  }, [candles, colours, format]);
  useEffect(() => {
    parts.current?.markers.setMarkers(
      marks.map((mark) => markerOf(mark, candles, colours)).filter((mark) => mark !== null),
    );
    // A mark's place changes with the candles there are, not with their prices.
  }, [marks, candles.length, candles[0]?.[0], colours, format]);
  useEffect(() => {
    const made = parts.current;
    if (!made) return;
    for (const line of made.lines) made.candles.removePriceLine(line);
    made.candles.applyOptions({
      autoscaleInfoProvider: (original: () => AutoscaleInfo | null) => widened(original(), levels),
    });
    made.lines = levels.map(({ price, kind, text }) =>
      made.candles.createPriceLine({
        price,
        title: text,
        color: kind === 'stop' ? colours.down : kind === 'target' ? colours.up : colours.accent,
        lineStyle: kind === 'entry' ? LineStyle.Dotted : LineStyle.Dashed,
        lineWidth: 1,
        axisLabelVisible: true,
      }),
    );
  }, [levels, colours, format]);
  return <div className="chart" style={{ height }} ref={holder} role="img" aria-label={label} />;
}

const barOf = ([time, open, high, low, close]: CandleRow) => ({ time: seconds(time), open, high, low, close });
const columnOf =
  (colours: Colours) =>
  ([time, open, , , close, value]: CandleRow) => ({
    time: seconds(time),
    value,
    color: `${close >= open ? colours.up : colours.down}55`,
  });

/** Whether `after` differs from `before` in its last candle and those that follow only. */
function continues(before: readonly CandleRow[], after: readonly CandleRow[]): boolean {
  const kept = before.length - 1;
  return kept > 0 && after.length > kept && after[0] === before[0] && after[kept - 1] === before[kept - 1];
}

function build(element: HTMLElement, colours: Colours, format: Format): Parts {
  const chart = createChart(element, {
    autoSize: true,
    layout: {
      background: { color: 'transparent' },
      textColor: colours.dim,
      fontFamily: colours.font,
      fontSize: 11,
      attributionLogo: false,
    },
    grid: { vertLines: { color: `${colours.border}88` }, horzLines: { color: `${colours.border}88` } },
    rightPriceScale: { borderColor: colours.border, scaleMargins: { top: 0.08, bottom: 0.22 } },
    timeScale: {
      borderColor: colours.border,
      timeVisible: true,
      secondsVisible: false,
      rightOffset: 4,
      tickMarkFormatter: tickMarks(format),
    },
    localization: {
      locale: format.tag,
      timeFormatter: (time: Time) => format.dateTime(Number(time) * 1000),
      priceFormatter: (price: number) => format.price(price),
    },
  });
  const candles = chart.addSeries(CandlestickSeries, {
    upColor: colours.up,
    downColor: colours.down,
    wickUpColor: colours.up,
    wickDownColor: colours.down,
    borderVisible: false,
  });
  const volume = chart.addSeries(HistogramSeries, {
    priceScaleId: 'volume',
    priceFormat: { type: 'volume' },
    lastValueVisible: false,
    priceLineVisible: false,
  });
  volume.priceScale().applyOptions({ scaleMargins: { top: 0.85, bottom: 0 } });
  return { chart, candles, volume, markers: createSeriesMarkers(candles, []), lines: [] };
}

/** The scale reaches to stop and target, unless they lie so far away that the candles would become a line. */
function widened(info: AutoscaleInfo | null, levels: readonly ChartLevel[]): AutoscaleInfo | null {
  const range = info?.priceRange;
  if (!info || !range) return info;
  const near = levels.map(({ price }) => price).filter((price) => Math.abs(price / range.maxValue - 1) < 0.1);
  return {
    ...info,
    priceRange: { minValue: Math.min(range.minValue, ...near), maxValue: Math.max(range.maxValue, ...near) },
  };
}

/** A mark sits on the candle in which it happened; what lies outside the candles shown is left out. */
function markerOf(
  { time, kind, text }: ChartMark,
  candles: readonly CandleRow[],
  colours: Colours,
): SeriesMarker<Time> | null {
  const candle = candleAt(candles, time);
  if (candle === null) return null;
  const buys = kind === 'buy' || kind === 'entry';
  const filled = kind === 'entry' || kind === 'exit';
  return {
    time: seconds(candle),
    position: buys ? 'belowBar' : 'aboveBar',
    shape: filled ? (buys ? 'arrowUp' : 'arrowDown') : 'circle',
    color: filled ? (buys ? colours.up : colours.down) : colours.accent,
    size: filled ? 1.4 : 0.6,
    text,
  };
}

function candleAt(candles: readonly CandleRow[], time: number): number | null {
  let [low, high] = [0, candles.length - 1];
  if (high < 0 || time < candles[0]![0]) return null;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (candles[middle]![0] <= time) low = middle;
    else high = middle - 1;
  }
  return candles[low]![0];
}
