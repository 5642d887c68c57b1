import { useQuery } from '@tanstack/react-query';
import { get } from '../../api/client.js';
import type { Page, RunEntry } from '../../api/types.js';

export type RunKind = 'backtests' | 'searches';

const goesOn = (run: RunEntry | undefined) => run?.status === 'QUEUED' || run?.status === 'RUNNING';

/** All runs of a kind; asked again every second while one goes on. */
export const useRuns = (kind: RunKind) =>
  useQuery({
    queryKey: [kind],
    queryFn: () => get<Page<RunEntry>>(`/api/${kind}`, { limit: 100 }),
    refetchInterval: ({ state }) => (state.data?.items.some(goesOn) ? 1_000 : 10_000),
  });

export const useRun = (kind: RunKind, id: string) =>
  useQuery({
    queryKey: [kind, id],
    queryFn: () => get<RunEntry>(`/api/${kind}/${encodeURIComponent(id)}`),
    refetchInterval: ({ state }) => (goesOn(state.data) ? 1_000 : false),
  });
