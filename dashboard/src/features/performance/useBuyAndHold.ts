import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { type CandleRow, TIMEFRAME_MS, type Timeframe } from '../../../../trading/types.js';
import { get } from '../../api/client.js';
import { useConfig } from '../../api/queries.js';
import { holdValues } from './buyAndHold.js';

const CANDLES = 500;

/**
 * What `start` quote units would be worth at each of `times` (ms, rising) had they been spread evenly over the traded
 * symbols at the first one, without fees. null while the candles are not there or don't reach back.
 */
export function useBuyAndHold(times: readonly number[], start: number): (number | null)[] | null {
  const symbols = useConfig().data?.symbols ?? [];
  const first = times[0] ?? 0;
  const last = times[times.length - 1] ?? 0;
  const timeframe = timeframeFor(last - first);
  const candles = useQuery({
    queryKey: ['hold', symbols, timeframe, first],
    enabled: symbols.length > 0 && times.length > 1,
    staleTime: 300_000,
    queryFn: () => Promise.all(symbols.map((symbol) => candlesOf(symbol, timeframe, first, last))),
  });
  return useMemo(() => (candles.data ? holdValues(times, candles.data, start) : null), [candles.data, times, start]);
}

const candlesOf = (symbol: string, timeframe: Timeframe, first: number, last: number) =>
  get<{ items: CandleRow[] }>('/api/candles', {
    symbol,
    timeframe,
    from: new Date(first - TIMEFRAME_MS[timeframe]).toISOString(),
    to: new Date(last).toISOString(),
    limit: CANDLES,
  }).then(({ items }) => items);

/** The finest timeframe whose candles cover `span` ms in one request. */
function timeframeFor(span: number): Timeframe {
  const names = Object.keys(TIMEFRAME_MS) as Timeframe[];
  return names.find((name) => span / TIMEFRAME_MS[name] < CANDLES - 5) ?? '1d';
}
