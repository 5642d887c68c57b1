import { useTranslation } from 'react-i18next';
import { describeRefusal } from '../../../../trading/risk/describe.js';
import type { RefusalEntry } from '../../api/types.js';
import { useFormat } from '../../format/useFormat.js';

/** A safety check's refusal in words; its end in the reader's time zone. */
export function useRefusalText(): (refusal: RefusalEntry) => string {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  return ({ until, ...entry }) => {
    const refusal = { ...entry, limit: entry.limit ?? Number.NaN, actual: entry.actual ?? Number.NaN };
    const key = `signalRejection.${entry.code}`;
    const name = i18n.exists(key) ? t(key as 'signalRejection.STALE') : null;
    const described = describeRefusal(refusal, i18n.language === 'ko' ? 'ko' : 'en');
    const text = name === null ? described : described.replace(entry.code, name);
    return until ? `${text} · ${t('control.until', { time: format.dateTime(until) })}` : text;
  };
}
