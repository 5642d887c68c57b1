import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { waitAfter } from '../../api/backOff.js';
import { useErrorText } from '../../components/useErrorText.js';
import { useNow } from '../../components/useNow.js';
import { useFormat } from '../../format/useFormat.js';
import type { CandleState } from './useCandles.js';

/** In place of a chart that never came: why, when it is asked for again, and a button for those who won't wait. */
export function NoChartYet({ error, failures, retry }: { error: unknown; failures: number; retry: () => void }) {
  const { t } = useTranslation();
  const text = useErrorText();
  const seconds = useSecondsLeft(failures);
  return (
    <div className="empty">
      <div role="status">
        <strong>{t('overview.noChart')}</strong>
        <p className="small">{text(error)}</p>
      </div>
      <p className="small">{seconds > 0 ? t('overview.askedAgainIn', { seconds }) : t('overview.askedNow')}</p>
      <Button size="xs" variant="default" mt={8} onClick={retry}>
        {t('common.retry')}
      </Button>
    </div>
  );
}

/** Over a chart that is drawn and has not been renewed: from when it is. Nothing while it is current. */
export function OldChartNote({ candles: { since, trouble } }: { candles: CandleState }) {
  const { t } = useTranslation();
  const format = useFormat();
  const text = useErrorText();
  if (since === null) return null;
  return (
    <p role="status" className="warn small">
      {trouble ? text(trouble.error) : t('overview.exchangeSilent')}{' '}
      {t('overview.candlesAsOf', { time: format.time(since) })}
    </p>
  );
}

/** Seconds until the attempt after `failures` failures; 0 while it is under way. */
function useSecondsLeft(failures: number): number {
  const now = useNow(1_000);
  const [at, setAt] = useState(0);
  useEffect(() => setAt(Date.now() + waitAfter(failures - 1)), [failures]);
  return Math.max(0, Math.ceil((at - now) / 1_000));
}
