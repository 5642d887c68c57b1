import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/client.js';
import { showToast } from './Toasts.js';

/** What went wrong in words for the reader; the server's own detail where it gave one. */
export function useErrorText(): (error: unknown) => string {
  const { t } = useTranslation();
  return (error) => {
    if (!(error instanceof ApiError)) return error instanceof Error ? error.message : String(error);
    if (error.status === 0) return t('errors.unreachable');
    const fields = error.problem.errors
      ?.map(({ path, message }) => (path ? `${path}: ${message}` : message))
      .join('; ');
    return [error.problem.detail ?? error.problem.title ?? t('errors.status', { status: error.status }), fields]
      .filter(Boolean)
      .join(' – ');
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
