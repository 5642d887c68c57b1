import { useTranslation } from 'react-i18next';
import { describeRefusal } from '../../../../trading/risk/describe.js';
import type { Refusal } from '../../../../trading/types.js';
import { useFormat } from '../../format/useFormat.js';

/** A safety check's refusal in words; its end in the reader's time zone. */
export function useRefusalText(): (refusal: Refusal) => string {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  return ({ until, ...refusal }) => {
    const text = describeRefusal(refusal, i18n.language === 'ko' ? 'ko' : 'en');
    return until ? `${text} · ${t('control.until', { time: format.dateTime(until) })}` : text;
  };
}
