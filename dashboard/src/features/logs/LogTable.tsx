import i18next from 'i18next';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { LogEntry } from '../../api/types.js';
import { EmptyState, ErrorState, LinesSkeleton } from '../../components/states.js';
import { useRows } from '../../components/useRows.js';
import { useFormat } from '../../format/useFormat.js';
import { logText } from '../../i18n/server/index.js';

const ROW_HEIGHT = 32;

interface LogTableProps {
  rows: readonly LogEntry[];
  loading: boolean;
  error: unknown;
  retry: () => void;
  loadOlder: () => void;
  onSelect: (entry: LogEntry) => void;
}

/** Only the rows in sight are in the document, so ten thousand lines scroll like ten. */
export function LogTable({ rows, loading, error, retry, loadOlder, onSelect }: LogTableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const scroller = useRef<HTMLDivElement>(null);
  const [first, end] = useRows(scroller, rows.length, ROW_HEIGHT);
  useEffect(() => {
    if (rows.length > 0 && end >= rows.length - 20) loadOlder();
  }, [end, rows.length, loadOlder]);
  useKeepPlace(scroller, rows);
  return (
    <div className="log-scroll" ref={scroller} tabIndex={0} role="group" aria-label={t('logs.title')}>
      {error ? <ErrorState error={error} retry={retry} /> : null}
      {rows.length === 0 &&
        !error &&
        (loading ? <LinesSkeleton lines={10} /> : <EmptyState title={t('logs.none')} text={t('logs.noneText')} />)}
      <div
        role="table"
        aria-label={t('logs.title')}
        aria-rowcount={rows.length + 1}
        className="log-table"
        hidden={rows.length === 0}
      >
        <div role="row" className="log-row log-head" aria-rowindex={1}>
          <span role="columnheader">{t('common.time')}</span>
          <span role="columnheader">{t('logs.level')}</span>
          <span role="columnheader">{t('logs.component')}</span>
          <span role="columnheader">{t('logs.message')}</span>
        </div>
        <div role="rowgroup" className="log-space" style={{ height: rows.length * ROW_HEIGHT }}>
          {rows.slice(first, end).map((entry, index) => (
            <div
              role="row"
              key={entry.id}
              className={`log-row ${entry.logLevel}`}
              aria-rowindex={first + index + 2}
              style={{ transform: `translateY(${(first + index) * ROW_HEIGHT}px)` }}
            >
              <span role="cell" className="dim">
                <span className="wide-only">{format.dayMonth(entry.timestamp)} </span>
                {format.time(entry.timestamp)}
              </span>
              <span role="cell">{t(`logLevel.${entry.logLevel}`)}</span>
              <span role="cell" className="dim">
                {t(`logComponent.${entry.component}`)}
              </span>
              <span role="cell" className="log-message">
                <button type="button" onClick={() => onSelect(entry)}>
                  {textOf(entry)}
                </button>
              </span>
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}

/** Each line is translated once, however often its row is drawn. */
const translated = new WeakMap<LogEntry, [language: string, text: string]>();
function textOf(entry: LogEntry): string {
  const { language } = i18next;
  const known = translated.get(entry);
  if (known?.[0] === language) return known[1];
  const text = logText(entry.message);
  translated.set(entry, [language, text]);
  return text;
}

/** Whoever has scrolled down to read stays at the same line while new ones arrive above. */
function useKeepPlace(scroller: React.RefObject<HTMLDivElement | null>, rows: readonly LogEntry[]) {
  const newest = useRef(rows[0]?.id);
  useEffect(() => {
    const element = scroller.current;
    const added = rows.findIndex(({ id }) => id === newest.current);
    newest.current = rows[0]?.id;
    if (element && added > 0 && element.scrollTop > ROW_HEIGHT) element.scrollTop += added * ROW_HEIGHT;
  }, [scroller, rows]);
}
