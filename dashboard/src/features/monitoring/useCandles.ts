import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { TIMEFRAME_MS, type Timeframe } from '../../../../trading/types.js';
import { isPassing, waitAfter } from '../../api/backOff.js';
import { get } from '../../api/client.js';
import { useMarket } from '../../api/queries.js';
import type { CandlesAnswer, CandleRow } from '../../api/types.js';
import { continued, withPrice } from './candles.js';

const CANDLES = 400;
const NEWEST = 60;
type Answer = Omit<CandlesAnswer, 'items'> & { items: CandleRow[] };
const PERSISTENT = { retry: (_failures: number, error: Error) => isPassing(error), retryDelay: waitAfter };

export interface CandleState {
  data: readonly CandleRow[] | undefined;
  /** One that asking again does not mend. */
  error: unknown;
  /** What the attempts that go on failed with last; null while there is none. */
  trouble: { error: unknown; failures: number } | null;
  /** From when the candles are where the exchange has not answered since, ISO; null while they are current. */
  since: string | null;
  refetch(): Promise<unknown>;
}

/**
 * The whole chart every half minute, its newest candles every five seconds, and the price as it moves. What was drawn
 * stays; where the exchange does not answer it is asked again with growing pauses for as long as the page is open.
 */
export function useCandles(symbol: string | undefined, timeframe: Timeframe): CandleState {
  const client = useQueryClient();
  const key = ['candles', symbol, timeframe];
  const whole = useAnswer(key, { symbol, timeframe, limit: CANDLES }, 30_000);
  const newest = useAnswer([...key, 'newest'], { symbol, timeframe, limit: NEWEST }, 5_000);
  const asked = useMemo(
    () => whole.data && continued(whole.data.items, newest.data?.items ?? []),
    [whole.data, newest.data],
  );
  const price = useMarket().data?.items.find((item) => item.symbol === symbol);
  const data = useMemo(
    () =>
      asked && (price ? withPrice(asked, TIMEFRAME_MS[timeframe], price.price, Date.parse(price.marketTime)) : asked),
    [asked, price, timeframe],
  );
  const failing = [whole, newest].find(
    ({ failureCount, failureReason }) => failureCount > 0 && isPassing(failureReason),
  );
  const latest = newest.data ?? whole.data;
  return {
    data,
    error: whole.error,
    trouble: failing ? { error: failing.failureReason, failures: failing.failureCount } : null,
    since: latest && (!latest.current || failing) ? latest.asOf : null,
    async refetch() {
      // An attempt that waits for its turn would go on waiting.
      await client.cancelQueries({ queryKey: key });
      return Promise.all([whole.refetch(), newest.refetch()]);
    },
  };
}

const useAnswer = (
  queryKey: readonly unknown[],
  question: { symbol: string | undefined; timeframe: Timeframe; limit: number },
  refetchInterval: number,
) =>
  useQuery({
    queryKey,
    enabled: question.symbol !== undefined,
    queryFn: () => get<Answer>('/api/candles', question),
    refetchInterval,
    ...PERSISTENT,
  });
