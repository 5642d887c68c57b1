import {
  AreaSeries,
  createChart,
  type IChartApi,
  type ISeriesApi,
  type Time,
  type UTCTimestamp,
} from 'lightweight-charts';
import { useEffect, useRef } from 'react';
import type { EquityPoint } from '../../api/types.js';
import { useColours } from '../../components/useColours.js';
import { tickMarks } from '../../components/tickMarks.js';
import { useFormat } from '../../format/useFormat.js';

interface EquityChartProps {
  label: string;
  points: readonly EquityPoint[];
  height: number;
}

/** The live equity curve, drawn by the library that the price chart has loaded already. */
export default function EquityChart({ label, points, height }: EquityChartProps) {
  const holder = useRef<HTMLDivElement>(null);
  const parts = useRef<{ chart: IChartApi; series: ISeriesApi<'Area'> } | null>(null);
  const colours = useColours();
  const format = useFormat();
  useEffect(() => {
    if (!holder.current) return;
    const chart = createChart(holder.current, {
      autoSize: true,
      handleScroll: false,
      handleScale: false,
      layout: {
        background: { color: 'transparent' },
        textColor: colours.dim,
        fontFamily: colours.font,
        fontSize: 11,
        attributionLogo: false,
      },
      grid: { vertLines: { visible: false }, horzLines: { color: `${colours.border}88` } },
      rightPriceScale: { borderVisible: false },
      timeScale: {
        borderColor: colours.border,
        timeVisible: true,
        tickMarkFormatter: tickMarks(format),
      },
      localization: {
        locale: format.tag,
        timeFormatter: (time: Time) => format.dateTime(Number(time) * 1000),
        priceFormatter: (value: number) => format.money(value),
      },
    });
    const series = chart.addSeries(AreaSeries, {
      lineColor: colours.accent,
      topColor: `${colours.accent}44`,
      bottomColor: `${colours.accent}05`,
      lineWidth: 2,
    });
    parts.current = { chart, series };
    return () => {
      chart.remove();
      parts.current = null;
    };
  }, [colours, format]);
  useEffect(() => {
    // One value a second at most: the library wants rising whole seconds.
    const bySecond = new Map(points.map(({ timestamp, equity }) => [Math.floor(Date.parse(timestamp) / 1000), equity]));
    parts.current?.series.setData([...bySecond].map(([time, value]) => ({ time: time as UTCTimestamp, value })));
    parts.current?.chart.timeScale().fitContent();
  }, [points, colours, format]);
  return <div className="chart" style={{ height }} ref={holder} role="img" aria-label={label} />;
}
