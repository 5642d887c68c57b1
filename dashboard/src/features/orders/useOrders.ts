import { useDebouncedValue } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { get, type Query } from '../../api/client.js';
import { keys } from '../../api/queries.js';
import type { OrderEntry, Page } from '../../api/types.js';

const PAGE = 200;

/** Orders that match, newest first, a page more at a time; asked again while they move. */
export function useOrders(query: Query) {
  const [asked] = useDebouncedValue(query, 250);
  const pages = useInfiniteQuery({
    queryKey: [...keys.orders, asked],
    queryFn: ({ pageParam, signal }) =>
      get<Page<OrderEntry>>('/api/orders', { ...asked, limit: PAGE, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    refetchInterval: 10_000,
  });
  return { ...pages, data: pages.data?.pages.flatMap(({ items }) => items) };
}
