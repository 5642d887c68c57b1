import type { QueryClient } from '@tanstack/react-query';
import type { Query } from '../api/client.js';
import type { Page } from '../api/types.js';

interface Entry {
  id: string;
}

/**
 * Puts entries into every cached list under `key` whose question they answer: replaced where they are known, else in
 * front, so that nothing is asked again for what the stream brought. The question is the key's last part. What is no
 * list stays as it is.
 */
export function upsert<Item extends Entry>(
  client: QueryClient,
  key: readonly string[],
  entries: readonly Item[],
  fits: (entry: Item, question: Query) => boolean,
): void {
  if (entries.length === 0) return;
  for (const { queryKey, state } of client.getQueryCache().findAll({ queryKey: [...key] })) {
    if (state.data === undefined) continue;
    const last = queryKey[queryKey.length - 1];
    const question = typeof last === 'object' && last !== null ? (last as Query) : {};
    client.setQueryData<Page<Item>>(
      queryKey,
      (page) => page?.items && { ...page, items: merged(page.items, entries, (entry) => fits(entry, question)) },
    );
  }
}

/** Entries come oldest first and lists are newest first; an entry that no longer fits leaves the list. */
export function merged<Item extends Entry>(
  items: readonly Item[],
  entries: readonly Item[],
  fits: (entry: Item) => boolean,
): Item[] {
  const latest = new Map(entries.map((entry) => [entry.id, entry]));
  const kept = items.flatMap((item) => {
    const newer = latest.get(item.id);
    latest.delete(item.id);
    if (newer === undefined) return [item];
    return fits(newer) ? [newer] : [];
  });
  return [...[...latest.values()].filter(fits).reverse(), ...kept];
}
