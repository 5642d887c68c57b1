import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { get, remove } from '../../api/client.js';
import type { SessionEntry } from '../../api/types.js';
import { type Column, DataTable } from '../../components/DataTable.js';
import { Panel } from '../../components/Panel.js';
import { Loaded } from '../../components/states.js';
import { useTell } from '../../components/useErrorText.js';
import { useFormat } from '../../format/useFormat.js';
import { deviceOf } from './device.js';

/** Where the account is signed in, and a way to end each. */
export function Sessions() {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useQueryClient();
  const tell = useTell();
  // Who else is signed in is asked at every look, and while one looks.
  const sessions = useQuery({
    queryKey: ['sessions'],
    queryFn: () => get<{ items: SessionEntry[] }>('/api/sessions'),
    staleTime: 0,
    refetchInterval: 10_000,
  });
  const end = (id: string) =>
    void remove(`/api/sessions/${encodeURIComponent(id)}`)
      .then(() => tell.done(t('sessions.ended')), tell.failed)
      .finally(() => client.invalidateQueries({ queryKey: ['sessions'] }));
  const columns: Column<SessionEntry>[] = [
    {
      key: 'agent',
      header: t('sessions.device'),
      align: 'wrap',
      cell: ({ userAgent }) => {
        const device = deviceOf(userAgent ?? '');
        return <span title={userAgent ?? undefined}>{device ? t('sessions.deviceOn', device) : userAgent || '–'}</span>;
      },
    },
    {
      key: 'ip',
      header: t('sessions.address'),
      wideOnly: true,
      cell: ({ ip }) => <span className="mono">{ip ?? '–'}</span>,
    },
    {
      key: 'created',
      header: t('sessions.since'),
      wideOnly: true,
      cell: ({ createdAt }) => format.dateTime(createdAt),
      sort: ({ createdAt }) => createdAt,
    },
    {
      key: 'seen',
      header: t('sessions.lastSeen'),
      cell: ({ lastSeenAt }) => format.shortDateTime(lastSeenAt),
      sort: ({ lastSeenAt }) => lastSeenAt ?? '',
    },
    {
      key: 'end',
      header: t('users.actions'),
      align: 'end',
      cell: ({ id, current }) =>
        current ? (
          <span className="pill good">{t('sessions.current')}</span>
        ) : (
          <Button size="compact-xs" variant="default" onClick={() => end(id)}>
            {t('sessions.end')}
          </Button>
        ),
    },
  ];
  return (
    <Panel title={t('sessions.title')}>
      <Loaded query={sessions}>
        {({ items }) => (
          <DataTable label={t('sessions.title')} rows={items} columns={columns} rowKey={({ id }) => id} empty={null} />
        )}
      </Loaded>
    </Panel>
  );
}
