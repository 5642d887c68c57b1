import { useDebouncedValue } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import { get } from '../../api/client.js';
import type { LogEntry, Page } from '../../api/types.js';
import { addLogs, logEntries, subscribeLogs } from '../../stream/logs.js';
import { type LogFilter, matcher, queryOf } from './filter.js';

export interface Logs {
  /** Newest first. */
  rows: readonly LogEntry[];
  /** Lines that have come since live was switched off. */
  waiting: number;
  loading: boolean;
  error: unknown;
  retry: () => void;
  loadOlder: () => void;
}

/**
 * The lines that match: what the server has, page by page as one scrolls down, and what the stream brings. All of it
 * goes through one store, so that a line that comes both ways is there once.
 */
export function useLogs(filter: LogFilter, live: boolean): Logs {
  const [asked] = useDebouncedValue(filter, 250);
  const history = useInfiniteQuery({
    queryKey: ['logs', asked],
    queryFn: async ({ pageParam }) => {
      const page = await get<Page<LogEntry>>('/api/logs', { ...queryOf(asked), limit: 500, cursor: pageParam });
      addLogs(page.items);
      return page;
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    staleTime: Infinity,
    gcTime: 0,
  });
  const all = useSyncExternalStore(subscribeLogs, logEntries);
  const held = useRef(all);
  if (live) held.current = all;
  const source = held.current;
  const rows = useMemo(() => source.filter(matcher(filter)), [source, filter]);
  const { fetchNextPage, hasNextPage, isFetching, refetch } = history;
  const first = useRef(true);
  useEffect(() => {
    // Switching live on again shows at once what came meanwhile, also what the stream did not carry.
    if (live && !first.current) void refetch();
    first.current = false;
  }, [live, refetch]);
  return {
    rows,
    waiting: all.length - source.length,
    loading: history.isPending,
    error: history.error,
    retry: () => void refetch(),
    loadOlder: () => {
      if (hasNextPage && !isFetching) void fetchNextPage();
    },
  };
}
