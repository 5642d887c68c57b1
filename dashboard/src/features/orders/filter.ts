import type { Query } from '../../api/client.js';
import { instant } from '../../format/format.js';

export interface OrderFilter {
  symbol: string;
  status: string;
  purpose: string;
  side: string;
  /** Part of an order id. */
  text: string;
  /** As typed into a datetime-local field, in the browser's time zone; empty for no bound. */
  from: string;
  to: string;
}

export const EMPTY_FILTER: OrderFilter = { symbol: '', status: '', purpose: '', side: '', text: '', from: '', to: '' };

/** The filter as the API takes it; with a position, only what was sent for it. */
export function queryOf({ text, from, to, ...exact }: OrderFilter, positionId?: string): Query {
  return { ...exact, q: text.trim(), from: instant(from), to: instant(to), positionId };
}
