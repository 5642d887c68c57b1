import { useTranslation } from 'react-i18next';
import type { NotificationEntry } from '../../api/types.js';
import { deliveryText } from '../../i18n/server/index.js';

const LOOKS: Readonly<Record<string, string>> = { delivered: 'good', failed: 'bad' };

/** How each channel's delivery stands; why, where it is not delivered. */
export function Deliveries({ deliveries }: Pick<NotificationEntry, 'deliveries'>) {
  const { t } = useTranslation();
  // A channel that is not set up says so in its pill; with every message it would only be in the way.
  const open = deliveries.filter(({ status, error }) => (status === 'failed' || status === 'pending') && error);
  return (
    <div className="stack tight" role="group" aria-label={t('notifications.deliveries')}>
      <span className="row">
        {deliveries.map(({ channel, status, answer, error }) => (
          <span key={channel} className={`pill ${LOOKS[status] ?? ''}`} title={deliveryText(error ?? answer ?? '')}>
            {t(`channel.${channel}`)}: {t(`delivery.${status}`)}
          </span>
        ))}
      </span>
      {open.map(({ channel, error, attempts }) => (
        <span key={channel} className="dim small">
          {t(`channel.${channel}`)}: {deliveryText(error ?? '')}
          {attempts > 0 && ` (${t('notifications.attempts', { count: attempts })})`}
        </span>
      ))}
    </div>
  );
}
