import { type ReactNode, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePhone } from './usePhone.js';
import { useRows } from './useRows.js';
import './table.css';

export interface Column<Row> {
  key: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** What the column sorts by; without it the column can't be sorted. */
  sort?: (row: Row) => number | string;
  align?: 'end' | 'wrap';
  /** Left out on a phone, where the first columns must fit. */
  wideOnly?: boolean;
  /** Only on a phone, in place of columns that are left out there. */
  phoneOnly?: boolean;
}

interface DataTableProps<Row> {
  label: string;
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  rowKey: (row: Row) => string;
  empty: ReactNode;
  /** Greatest height in px before the table scrolls by itself. */
  maxHeight?: number;
}

const ROW_HEIGHT = 40;
const ALL_AT_ONCE = 120;

/** A table with sortable columns; of long lists only the rows in sight are in the document. */
export function DataTable<Row>({ label, rows, columns: all, rowKey, empty, maxHeight = 460 }: DataTableProps<Row>) {
  const phone = usePhone();
  const columns = useMemo(() => all.filter(({ wideOnly, phoneOnly }) => !(phone ? wideOnly : phoneOnly)), [all, phone]);
  const scroller = useRef<HTMLDivElement>(null);
  const [order, setOrder] = useState<{ key: string; down: boolean } | null>(null);
  const sorted = useMemo(() => sortRows(rows, columns, order), [rows, columns, order]);
  const windowed = rows.length > ALL_AT_ONCE;
  const [first, end] = useRows(scroller, sorted.length, ROW_HEIGHT);
  if (rows.length === 0) return <>{empty}</>;
  const shown = windowed ? sorted.slice(first, end) : sorted;
  const before = windowed ? first * ROW_HEIGHT : 0;
  const after = windowed ? (sorted.length - end) * ROW_HEIGHT : 0;
  return (
    <div className="table-scroll" ref={scroller} style={{ maxHeight }} tabIndex={0} role="group" aria-label={label}>
      <table aria-label={label} className={windowed ? 'data fixed-rows' : 'data'} aria-rowcount={rows.length + 1}>
        <thead>
          <tr>
            {columns.map((column) => (
              <Header key={column.key} column={column} order={order} setOrder={setOrder} />
            ))}
          </tr>
        </thead>
        <tbody>
          {before > 0 && <tr aria-hidden style={{ height: before }} />}
          {shown.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map((column) => (
                <td key={column.key} className={column.align}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
          {after > 0 && <tr aria-hidden style={{ height: after }} />}
        </tbody>
      </table>
    </div>
  );
}

interface HeaderProps<Row> {
  column: Column<Row>;
  order: { key: string; down: boolean } | null;
  setOrder: (order: { key: string; down: boolean }) => void;
}

function Header<Row>({ column, order, setOrder }: HeaderProps<Row>) {
  const { t } = useTranslation();
  const mine = order?.key === column.key ? order : null;
  const state = mine ? (mine.down ? 'descending' : 'ascending') : undefined;
  return (
    <th scope="col" className={column.align} aria-sort={state}>
      {column.sort ? (
        <button
          type="button"
          className="sort"
          title={t('common.sortBy', { column: column.header })}
          onClick={() => setOrder({ key: column.key, down: mine ? !mine.down : true })}
        >
          {column.header}
          <span aria-hidden>{mine ? (mine.down ? ' ↓' : ' ↑') : ''}</span>
        </button>
      ) : (
        column.header
      )}
    </th>
  );
}

function sortRows<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  order: { key: string; down: boolean } | null,
) {
  const by = order && columns.find(({ key }) => key === order.key)?.sort;
  if (!by) return rows;
  const sign = order.down ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [x, y] = [by(a), by(b)];
    return x === y ? 0 : x < y ? -sign : sign;
  });
}
