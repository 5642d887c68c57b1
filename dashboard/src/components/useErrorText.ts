import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/client.js';
import { fieldProblemText, problemText } from '../i18n/server/index.js';
import { showToast } from './Toasts.js';

/** What went wrong in words for the reader: by the problem's code, and each wrong field by its name on the page. */
export function useErrorText(): (error: unknown) => string {
  const { t, i18n } = useTranslation();
  /** The name that a control of the page has, else the field's own. */
  const nameOf = (path: string): string => {
    const key = [`field.${path}`, `config.${path}.label`].find((each) => i18n.exists(each));
    return key ? t(key as 'field.code') : path;
  };
  const saidOf = (message: string): string =>
    i18n.exists(`keys.problem.${message}`)
      ? t(`keys.problem.${message}` as 'keys.problem.CAN_WITHDRAW')
      : fieldProblemText(message);
  return (error) => {
    if (!(error instanceof ApiError)) return error instanceof Error ? error.message : String(error);
    if (error.status === 0) return t('errors.unreachable');
    const { code, detail, title, errors = [] } = error.problem;
    if (errors.length > 0)
      return errors
        .map(({ path, message }) => (path ? `${nameOf(path)}: ${saidOf(message)}` : saidOf(message)))
        .join('; ');
    return problemText(code, detail) ?? title ?? t('errors.status', { status: error.status });
  };
}

/** Tells of a failed or successful action in the corner of the page. */
export function useTell() {
  const { t } = useTranslation();
  const text = useErrorText();
  return {
    done: (message: string) => showToast(message, true),
    failed: (error: unknown) => showToast(`${t('common.failed')}: ${text(error)}`, false),
  };
}
