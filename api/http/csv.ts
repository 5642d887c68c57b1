/** Tables as CSV (RFC 4180), safe to open in a spreadsheet. */
import type { Page } from './paging.js';
import { type Reply, reply } from './route.js';

const MOST_ROWS = 50_000;

/**
 * One page as CSV where a limit was asked for, else everything up to 50,000 rows.
 * @param read one page from a cursor on
 */
export async function csvReply<Row extends object>(
  columns: readonly (keyof Row & string)[],
  limit: number | undefined,
  read: (limit: number, cursor: string | undefined) => Promise<Page<Row>>,
): Promise<Reply> {
  const rows: Row[] = [];
  let cursor: string | undefined;
  do {
    const page = await read(limit ?? 500, cursor);
    rows.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (limit === undefined && cursor !== undefined && rows.length < MOST_ROWS);
  return reply(200, toCsv(columns, rows), {
    'content-type': 'text/csv; charset=utf-8',
    ...(cursor === undefined ? {} : { 'x-next-cursor': cursor }),
  });
}

export function toCsv<Row extends object>(columns: readonly (keyof Row & string)[], rows: readonly Row[]): string {
  const lines = rows.map((row) => columns.map((name) => cell(row[name])).join(','));
  return [columns.join(','), ...lines, ''].join('\r\n');
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  // A text that begins like a formula would be run by spreadsheets.
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
