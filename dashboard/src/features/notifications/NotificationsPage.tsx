import { Button, SegmentedControl } from '@mantine/core';
import { IconChecks } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNotifications } from '../../api/queries.js';
import type { NotificationEntry } from '../../api/types.js';
import { PageTitle } from '../../components/Panel.js';
import { EmptyState, Loaded } from '../../components/states.js';
import { useFormat } from '../../format/useFormat.js';
import { Deliveries } from './Deliveries.js';
import { TestButton } from './TestButton.js';
import { FILTERS, type InboxFilter, useInbox } from './useInbox.js';
import { wordsOf } from './words.js';
import './notifications.css';

/** What the bot had to say to its owner, and whether each channel delivered it. */
export default function NotificationsPage() {
  const [filter, setFilter] = useState<InboxFilter>('all');
  return <Inbox key={filter} filter={filter} setFilter={setFilter} />;
}

function Inbox({ filter, setFilter }: { filter: InboxFilter; setFilter: (filter: InboxFilter) => void }) {
  const { t } = useTranslation();
  const { query, markRead, loadOlder } = useInbox(filter);
  const unread = useNotifications().data?.items.filter(({ readAt }) => !readAt).length ?? 0;
  const failed = useNotifications(FILTERS.failed).data?.items.length ?? 0;
  return (
    <div className="stack">
      <PageTitle title={t('nav.notifications')} text={t('notifications.intro')}>
        <TestButton />
        <Button
          size="xs"
          variant="default"
          leftSection={<IconChecks size={15} />}
          disabled={unread === 0}
          onClick={() => markRead()}
        >
          {t('notifications.markAll')}
        </Button>
      </PageTitle>
      <SegmentedControl
        size="xs"
        value={filter}
        onChange={(value) => setFilter(value as InboxFilter)}
        aria-label={t('notifications.filter')}
        style={{ alignSelf: 'flex-start' }}
        data={[
          { value: 'all', label: t('common.all') },
          { value: 'unread', label: t('notifications.unreadCount', { count: unread }) },
          { value: 'failed', label: t('notifications.undelivered', { count: failed }) },
        ]}
      />
      <Loaded query={query} lines={8}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState title={t('notifications.none')} text={t('notifications.noneText')} />
          ) : (
            <ul className="inbox">
              {items.map((entry) => (
                <Entry key={entry.id} entry={entry} markRead={() => markRead([entry])} />
              ))}
            </ul>
          )
        }
      </Loaded>
      {loadOlder && (
        <Button variant="default" size="xs" onClick={loadOlder}>
          {t('notifications.older')}
        </Button>
      )}
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
        <Deliveries deliveries={entry.deliveries} />
        {!entry.readAt && (
          <Button size="compact-xs" variant="subtle" onClick={markRead}>
            {t('notifications.markOne')}
          </Button>
        )}
      </div>
    </li>
  );
}
