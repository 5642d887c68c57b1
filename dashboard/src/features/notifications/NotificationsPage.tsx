import { Button, SegmentedControl } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { IconChecks } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.js';
import { keys, useNotifications } from '../../api/queries.js';
import type { NotificationEntry } from '../../api/types.js';
import { PageTitle } from '../../components/Panel.js';
import { EmptyState, Loaded } from '../../components/states.js';
import { useTell } from '../../components/useErrorText.js';
import { useFormat } from '../../format/useFormat.js';
import { TestButton } from './TestButton.js';
import { wordsOf } from './words.js';
import './notifications.css';

/** What the bot had to say to its owner, and whether each channel delivered it. */
export default function NotificationsPage() {
  const { t } = useTranslation();
  const [shown, setShown] = useState<'all' | 'unread'>('all');
  const notifications = useNotifications();
  const markRead = useMarkRead();
  const unread = (notifications.data?.items ?? []).filter(({ readAt }) => !readAt);
  return (
    <div className="stack">
      <PageTitle title={t('nav.notifications')} text={t('notifications.intro')}>
        <TestButton />
        <Button
          size="xs"
          variant="default"
          leftSection={<IconChecks size={15} />}
          disabled={unread.length === 0}
          onClick={() => markRead(unread)}
        >
          {t('notifications.markAll')}
        </Button>
      </PageTitle>
      <SegmentedControl
        size="xs"
        value={shown}
        onChange={(value) => setShown(value as 'all' | 'unread')}
        aria-label={t('notifications.filter')}
        style={{ alignSelf: 'flex-start' }}
        data={[
          { value: 'all', label: t('common.all') },
          { value: 'unread', label: t('notifications.unreadCount', { count: unread.length }) },
        ]}
      />
      <Loaded query={notifications} lines={8}>
        {({ items }) => {
          const rows = shown === 'all' ? items : items.filter(({ readAt }) => !readAt);
          if (rows.length === 0)
            return <EmptyState title={t('notifications.none')} text={t('notifications.noneText')} />;
          return (
            <ul className="inbox">
              {rows.map((entry) => (
                <Entry key={entry.id} entry={entry} markRead={() => markRead([entry])} />
              ))}
            </ul>
          );
        }}
      </Loaded>
    </div>
  );
}

const SERIOUS = ['SYSTEM_ERROR', 'API_CONNECTION_LOST', 'EMERGENCY_STOP', 'STOP_LOSS_HIT', 'DAILY_LOSS_WARNING'];

function Entry({ entry, markRead }: { entry: NotificationEntry; markRead: () => void }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const { title, message } = wordsOf(entry, i18n.language);
  return (
    <li className="panel inbox-entry" data-unread={!entry.readAt}>
      <div className="row between">
        <span className="row">
          <span className={`pill ${SERIOUS.includes(entry.type) ? 'attention' : 'good'}`}>
            {t(`notificationType.${entry.type}`)}
          </span>
          {!entry.readAt && <span className="pill accent">{t('notifications.new')}</span>}
        </span>
        <span className="dim small">{format.dateTime(entry.createdAt)}</span>
      </div>
      {title && <strong>{title}</strong>}
      <p>{message}</p>
      <div className="row between">
        <Deliveries entry={entry} />
        {!entry.readAt && (
          <Button size="compact-xs" variant="subtle" onClick={markRead}>
            {t('notifications.markOne')}
          </Button>
        )}
      </div>
    </li>
  );
}

function Deliveries({ entry: { deliveries } }: { entry: NotificationEntry }) {
  const { t, i18n } = useTranslation();
  if (!deliveries || deliveries.length === 0) return <span />;
  const looks: Record<string, string> = { delivered: 'good', sent: 'good', failed: 'bad' };
  const stateText = (status: string) => {
    const key = `delivery.${status}`;
    return i18n.exists(key) ? t(key as 'delivery.delivered') : status;
  };
  return (
    <span className="row" role="group" aria-label={t('notifications.deliveries')}>
      {deliveries.map(({ channel, status, error }) => (
        <span key={channel} className={`pill ${looks[status] ?? ''}`} title={error ?? undefined}>
          {t(`channel.${channel as 'email'}`)}: {stateText(status)}
        </span>
      ))}
    </span>
  );
}

function useMarkRead() {
  const client = useQueryClient();
  const tell = useTell();
  return (entries: readonly NotificationEntry[]) =>
    void post('/api/notifications/read', { ids: entries.map(({ id }) => id) })
      .catch(tell.failed)
      .finally(() => client.invalidateQueries({ queryKey: keys.notifications }));
}
