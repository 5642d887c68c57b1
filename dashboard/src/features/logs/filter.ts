import type { Query } from '../../api/client.js';
import type { LogEntry } from '../../api/types.js';
import { instant } from '../../format/format.js';

export interface LogFilter {
  level: string;
  component: string;
  text: string;
  /** As typed into a datetime-local field, in the browser's time zone; empty for no bound. */
  from: string;
  to: string;
}

export const EMPTY_FILTER: LogFilter = { level: '', component: '', text: '', from: '', to: '' };

/** The filter as the API takes it. */
export const queryOf = ({ level, component, text, from, to }: LogFilter): Query => ({
  level,
  component,
  q: text.trim(),
  from: instant(from),
  to: instant(to),
});

/** The same filter for lines that come by the stream. */
export function matcher(filter: LogFilter): (entry: LogEntry) => boolean {
  const words = filter.text.trim().toLowerCase();
  const from = instant(filter.from);
  const to = instant(filter.to);
  return (entry) =>
    (filter.level === '' || entry.logLevel === filter.level) &&
    (filter.component === '' || entry.component === filter.component) &&
    (words === '' || entry.message.toLowerCase().includes(words)) &&
    (from === undefined || entry.timestamp >= from) &&
    (to === undefined || entry.timestamp <= to);
}
