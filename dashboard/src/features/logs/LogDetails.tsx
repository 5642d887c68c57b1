import { useTranslation } from 'react-i18next';
import type { LogEntry } from '../../api/types.js';
import { DetailsDialog } from '../../components/DetailsDialog.js';
import { useFormat } from '../../format/useFormat.js';
import { logText } from '../../i18n/server/index.js';

/** One line whole, with the data behind it. */
export function LogDetails({ entry, onClose }: { entry: LogEntry | null; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <DetailsDialog of={entry} title={t('logs.details')} onClose={onClose}>
      {(entry) => (
        <div className="stack tight">
          <p>{logText(entry.message)}</p>
          {logText(entry.message) !== entry.message && <p className="mono small dim">{entry.message}</p>}
          <p className="dim small">
            {format.dateTime(entry.timestamp)} ({format.timeZone}) · {t(`logLevel.${entry.logLevel}`)} ·{' '}
            {t(`logComponent.${entry.component}`)}
          </p>
          {entry.data !== undefined && entry.data !== null && (
            <pre className="mono small log-data" tabIndex={0}>
              {JSON.stringify(entry.data, null, 2)}
            </pre>
          )}
        </div>
      )}
    </DetailsDialog>
  );
}
