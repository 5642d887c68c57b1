import { useTranslation } from 'react-i18next';
import { useConfig, useStatus } from '../api/queries.js';

/** Whether money is real, across the top of every page. What runs counts; before it runs, what is set. */
export function ModeRibbon() {
  const { t } = useTranslation();
  const status = useStatus();
  const config = useConfig();
  const mode = status.data?.mode ?? config.data?.mode;
  return (
    <aside className="ribbon" data-mode={mode ?? 'paper'} aria-label={t('mode.label')}>
      {mode ? t(`mode.ribbon.${mode}`) : ' '}
    </aside>
  );
}
