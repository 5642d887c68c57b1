import { useTranslation } from 'react-i18next';
import type { SignalEntry } from '../../api/types.js';
import { DetailsDialog } from '../../components/DetailsDialog.js';
import { useFormat } from '../../format/useFormat.js';
import { reasonText } from '../../i18n/server/index.js';

/** One signal whole: its levels, the model's probability, and every reason. */
export function SignalDetails({ signal, onClose }: { signal: SignalEntry | null; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <DetailsDialog of={signal} title={t('signals.details')} onClose={onClose}>
      {(signal) => (
        <div className="stack tight">
          <p>
            <b>{signal.symbol}</b> {t(`signalType.${signal.signalType}`)} · {t('signals.confidence')}{' '}
            {signal.confidenceScore} · {format.dateTime(signal.createdAt)}
          </p>
          {signal.probability !== null && (
            <p>
              {t('signals.probability')} {format.percent(signal.probability * 100, 1)}{' '}
              <span className="mono small dim">{signal.modelVersion}</span>
            </p>
          )}
          <h3>{t('signals.reasons')}</h3>
          <ul>
            {signal.reasons.map((reason) => (
              <li key={reason}>{reasonText(reason)}</li>
            ))}
          </ul>
        </div>
      )}
    </DetailsDialog>
  );
}
