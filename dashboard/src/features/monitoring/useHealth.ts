import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useConfig, useMarket, useStatus } from '../../api/queries.js';
import { useNow } from '../../components/useNow.js';
import { useFormat } from '../../format/useFormat.js';

export interface PartHealth {
  name: 'exchange' | 'worker' | 'database' | 'temporal';
  state: 'ok' | 'down' | 'unknown';
  detail: string;
}

interface Checks {
  checks?: Record<string, { ok: boolean; detail?: string } | undefined>;
}

/**
 * The parts behind the page: database and Temporal as /readyz tells, the exchange by its prices, the worker by its
 * cycles; while trading does not run, no cycle can tell of the worker, and /readyz says when it last asked for work.
 */
export function useHealth(): PartHealth[] {
  const ready = useQuery({ queryKey: ['health'], queryFn: readReadiness, refetchInterval: 5_000 });
  const checks = ready.data?.checks;
  const part = (name: 'worker' | 'database' | 'temporal'): PartHealth => {
    const check = checks?.[name];
    return { name, state: check ? (check.ok ? 'ok' : 'down') : ready.error ? 'down' : 'unknown', detail: '' };
  };
  return [useExchange(), useWorker(part('worker')), part('database'), part('temporal')];
}

/** /readyz answers 503 with the same body while something is missing. */
async function readReadiness(): Promise<Checks> {
  return (await (await fetch('/readyz', { cache: 'no-store' })).json()) as Checks;
}

function useExchange(): PartHealth {
  const { t } = useTranslation();
  const format = useFormat();
  const market = useMarket();
  const newest = market.data?.items
    .map(({ marketTime }) => marketTime)
    .sort()
    .at(-1);
  if (market.error) return { name: 'exchange', state: 'down', detail: '' };
  const detail = newest ? `${t('health.marketTime')} ${format.shortDateTime(newest)}` : '';
  return { name: 'exchange', state: newest ? 'ok' : 'unknown', detail };
}

function useWorker(byReadiness: PartHealth): PartHealth {
  const format = useFormat();
  const now = useNow(2_000);
  const status = useStatus().data;
  const interval = useConfig().data?.tradingInterval;
  const cycles = status?.status === 'RUNNING' || status?.status === 'REDUCING';
  if (!cycles || !interval) return byReadiness;
  const last = status.lastCycleAt === null ? Date.parse(status.since) : Date.parse(status.lastCycleAt);
  const seconds = (now - last) / 1000;
  return { name: 'worker', state: seconds < interval + 30 ? 'ok' : 'down', detail: format.duration(seconds) };
}
