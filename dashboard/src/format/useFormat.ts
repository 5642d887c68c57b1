import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useConfig } from '../api/queries.js';
import { createFormat, type Format } from './format.js';

/** The formats of the signed-in user: the page's language and the settings' time zone. */
export function useFormat(): Format {
  const { i18n } = useTranslation();
  const zone = useConfig().data?.timeZone ?? 'UTC';
  return useMemo(() => createFormat(i18n.language, zone), [i18n.language, zone]);
}
