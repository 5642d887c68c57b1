import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { post, put } from '../../api/client.js';
import { useTell } from '../../components/useErrorText.js';

export const PATH = '/api/notifications/settings';
export const VERIFY = '/api/notifications/verify';

/** Sends one change and shows what the server then holds. */
export function useSaveNotifications() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const tell = useTell();
  return (changes: object, path = PATH, done = t('settings.savedNow')) =>
    (path === PATH ? put(path, changes) : post(path, changes))
      .then(() => tell.done(done), tell.failed)
      .finally(() => client.invalidateQueries({ queryKey: ['notificationSettings'] }));
}
