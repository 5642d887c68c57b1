import { IconLogout } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useNotifications } from '../api/queries.js';
import type { User } from '../api/types.js';
import { PAGES, pageAt } from './pages.js';
import { Link } from './router.js';
import { useSignOut } from './useSignOut.js';

interface NavigationProps {
  user: User;
  path: string;
  onFollow?: () => void;
}

export function Navigation({ user, path, onFollow }: NavigationProps) {
  const { t } = useTranslation();
  const unread = useUnread();
  const current = pageAt(path);
  const signOut = useSignOut();
  return (
    <ul>
      {PAGES.filter((page) => !page.administrator || user.role === 'admin').map((page) => (
        <li key={page.path}>
          <Link to={page.path} current={page === current} onFollow={onFollow}>
            <page.icon size={19} stroke={1.7} aria-hidden />
            {t(`nav.${page.name}`)}
            {page.name === 'notifications' && unread > 0 && (
              <span className="count" aria-label={t('notifications.unreadCount', { count: unread })}>
                {unread > 99 ? '99+' : unread}
              </span>
            )}
          </Link>
        </li>
      ))}
      <li>
        <button type="button" className="sign-out" onClick={() => void signOut()}>
          <IconLogout size={19} stroke={1.7} aria-hidden />
          {t('auth.signOut')}
        </button>
      </li>
    </ul>
  );
}

/** How many notifications have not been read. */
export const useUnread = () => useNotifications().data?.items.filter(({ readAt }) => !readAt).length ?? 0;
