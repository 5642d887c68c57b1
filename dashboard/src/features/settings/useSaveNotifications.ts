import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { post, put } from '../../api/client.js';
import type { NotificationSettings as Settings } from '../../api/types.js';
import { useTell } from '../../components/useErrorText.js';

export const PATH = '/api/notifications/settings';
export const VERIFY = '/api/notifications/verify';

const KEY = ['notificationSettings'];
const AT_ONCE = ['enabled', 'channels', 'tradeNotifications', 'errorNotifications', 'routes', 'quietHours'];

const shownAtOnce = (changes: object): Partial<Settings> =>
  Object.fromEntries(Object.entries(changes).filter(([name]) => AT_ONCE.includes(name)));

/** Changes on their way: what the server holds is asked for after the last, or it would undo the next one's switch. */
let onTheirWay = 0;

/** Sends one change and shows what the server then holds. */
export function useSaveNotifications() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const tell = useTell();
  return (changes: object, path = PATH, done = t('settings.savedNow')) => {
    onTheirWay += 1;
    void client.cancelQueries({ queryKey: KEY });
    // A switch moves when it is pressed; what the server then holds is asked for in any case.
    if (path === PATH) client.setQueryData<Settings>(KEY, (old) => old && { ...old, ...shownAtOnce(changes) });
    return (path === PATH ? put(path, changes) : post(path, changes))
      .then(() => tell.done(done), tell.failed)
      .finally(() => {
        onTheirWay -= 1;
        if (onTheirWay === 0) return client.invalidateQueries({ queryKey: KEY });
      });
  };
}
