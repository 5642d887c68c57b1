import type { QueryClient } from '@tanstack/react-query';
import { keys } from '../api/queries.js';
import type { EquityPoint, LogEntry, NotificationEntry, Page, StatusAnswer } from '../api/types.js';
import { addLogs } from './logs.js';
import type { ServerEvent } from './parser.js';
import { addEquity } from './equity.js';

/**
 * Writes a batch of stream events into the cache that the pages read. What the event carries whole is put in place;
 * of what has filters or sums behind it the queries in use are asked again, once per batch.
 */
export function applyEvents(client: QueryClient, events: readonly ServerEvent[]): void {
  const logs: LogEntry[] = [];
  const equity: EquityPoint[] = [];
  const again = new Set<readonly string[]>();
  for (const { event, data } of events) {
    const body = parse(data);
    if (body === null) continue;
    if (event === 'log') logs.push(body as LogEntry);
    else if (event === 'status') client.setQueryData(keys.status, body as StatusAnswer);
    else if (event === 'equity') equity.push(body as EquityPoint);
    else if (event === 'signal') again.add(keys.signals);
    else if (event === 'trade') again.add(keys.trades).add(keys.positions).add(keys.account);
    else if (event === 'position') again.add(keys.positions);
    else if (event === 'notification') prependNotification(client, body as NotificationEntry);
  }
  if (logs.length > 0) addLogs(logs);
  if (equity.length > 0) addEquity(equity);
  for (const queryKey of again) void client.invalidateQueries({ queryKey: [...queryKey] });
}

function prependNotification(client: QueryClient, entry: NotificationEntry): void {
  client.setQueryData<Page<NotificationEntry>>(keys.notifications, (page) =>
    page ? { ...page, items: [entry, ...page.items.filter(({ id }) => id !== entry.id)] } : page,
  );
}

function parse(data: string): object | null {
  try {
    const body: unknown = JSON.parse(data);
    return typeof body === 'object' ? body : null;
  } catch {
    return null;
  }
}
