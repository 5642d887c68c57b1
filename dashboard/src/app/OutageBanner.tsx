import { IconPlugConnectedX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useHealth } from '../features/monitoring/useHealth.js';

/** On every page while a part that trading stands on does not answer. */
export function OutageBanner() {
  const { t } = useTranslation();
  const down = useHealth().filter(({ state }) => state === 'down');
  return (
    <div role="status" aria-live="polite">
      {down.length > 0 && (
        <div className="banner bad" data-testid="outage">
          <IconPlugConnectedX size={18} aria-hidden />
          {t('health.outage', { parts: down.map(({ name }) => t(`health.parts.${name}`)).join(', ') })}
        </div>
      )}
    </div>
  );
}
