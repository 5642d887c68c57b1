import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { get, post, type Query } from '../../api/client.js';
import { keys, useNotifications } from '../../api/queries.js';
import type { NotificationEntry, Page } from '../../api/types.js';
import { useTell } from '../../components/useErrorText.js';

export const FILTERS = {
  all: {},
  unread: { unread: 'true' },
  /** The dead letters: some channel was given up. */
  failed: { delivery: 'failed' },
} satisfies Record<string, Query>;
export type InboxFilter = keyof typeof FILTERS;

/** Notifications that match, newest first: those that the stream keeps fresh, and older ones a page at a time. */
export function useInbox(filter: InboxFilter) {
  const newest = useNotifications(FILTERS[filter]);
  const client = useQueryClient();
  const tell = useTell();
  const [older, setOlder] = useState<Page<NotificationEntry> | null>(null);
  const cursor = older ? older.nextCursor : (newest.data?.nextCursor ?? null);
  const data = newest.data && { items: [...newest.data.items, ...(older?.items ?? [])] };

  const loadOlder = async () => {
    const next = await get<Page<NotificationEntry>>('/api/notifications', { limit: 200, ...FILTERS[filter], cursor });
    setOlder({ items: [...(older?.items ?? []), ...next.items], nextCursor: next.nextCursor });
  };
  /** The entries given, or all there are. */
  const markRead = (entries?: readonly NotificationEntry[]) => {
    const ids = entries?.map(({ id }) => id);
    const readAt = new Date().toISOString();
    if (older)
      setOlder({
        ...older,
        items: older.items.map((one) => (ids?.includes(one.id) === false ? one : { ...one, readAt })),
      });
    void post('/api/notifications/read', ids ? { ids } : {})
      .catch(tell.failed)
      .finally(() => client.invalidateQueries({ queryKey: keys.notifications }));
  };
  return {
    query: { ...newest, data },
    markRead,
    loadOlder: cursor === null ? null : () => void loadOlder().catch(tell.failed),
  };
}
