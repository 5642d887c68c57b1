import { IconAlertOctagon } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useStatus } from '../api/queries.js';
import { useFormat } from '../format/useFormat.js';

/** On every page while the administrator has stopped everyone: since when, why, and that nobody can start. */
export function FleetBanner() {
  const { t } = useTranslation();
  const format = useFormat();
  const fleet = useStatus().data?.fleet;
  return (
    <div role="alert">
      {fleet?.stopped && (
        <div className="banner bad" data-testid="fleet-stopped">
          <IconAlertOctagon size={18} aria-hidden />
          <span>
            {t('fleet.banner', { since: format.dateTime(fleet.since) })}
            {fleet.reason !== '' && ` ${t('fleet.bannerReason', { reason: fleet.reason })}`}
          </span>
        </div>
      )}
    </div>
  );
}
