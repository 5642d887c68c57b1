import { useTranslation } from 'react-i18next';
import { describeRefusal } from '../../../../trading/risk/describe.js';
import type { RefusalEntry } from '../../api/types.js';
import { useFormat } from '../../format/useFormat.js';

/** A safety check's refusal in words; its end in the reader's time zone. */
export function useRefusalText(): (refusal: RefusalEntry) => string {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  return (entry) => {
    const { code, limit, actual } = entry;
    const refusal = { ...entry, limit: limit ?? Number.NaN, actual: actual ?? Number.NaN };
    const key = `signalRejection.${code}`;
    const name = i18n.exists(key) ? t(key as 'signalRejection.STALE') : null;
    const described = describeRefusal(refusal, i18n.language === 'ko' ? 'ko' : 'en', format.dateTime);
    return name === null ? described : described.replace(code, name);
  };
}
