import { useTranslation } from 'react-i18next';
import { useConfig, useStatus } from '../api/queries.js';

/** Whether money is real, across the top of every page. What runs counts; while nothing runs, what is set. */
export function ModeRibbon() {
  const { t } = useTranslation();
  const status = useStatus();
  const config = useConfig();
  const running = status.data?.status !== 'STOPPED' ? status.data?.mode : undefined;
  const mode = running ?? config.data?.mode ?? status.data?.mode;
  return (
    <aside className="ribbon" data-mode={mode ?? 'unknown'} aria-label={t('mode.label')}>
      {mode ? t(`mode.ribbon.${mode}`) : status.error || config.error ? t('mode.unknown') : '\u00a0'}
    </aside>
  );
}
