import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { IconUserPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, patch } from '../../api/client.js';
import { useMe } from '../../api/queries.js';
import type { Page, User } from '../../api/types.js';
import { type Column, DataTable } from '../../components/DataTable.js';
import { Panel } from '../../components/Panel.js';
import { EmptyState, Loaded } from '../../components/states.js';
import { useTell } from '../../components/useErrorText.js';
import { useFormat } from '../../format/useFormat.js';
import { NewUserDialog } from './NewUserDialog.js';

/** Who may sign in, and as what. */
export function UsersPanel() {
  const { t } = useTranslation();
  const [adding, setAdding] = useState(false);
  const users = useQuery({ queryKey: ['users'], queryFn: () => get<Page<User>>('/api/users') });
  const columns = useColumns();
  return (
    <Panel
      title={t('users.title')}
      aside={
        <Button size="xs" leftSection={<IconUserPlus size={15} />} onClick={() => setAdding(true)}>
          {t('users.add')}
        </Button>
      }
    >
      <Loaded query={users}>
        {({ items }) => (
          <DataTable
            label={t('users.title')}
            rows={items}
            columns={columns}
            rowKey={({ id }) => id}
            empty={<EmptyState title={t('users.none')} />}
          />
        )}
      </Loaded>
      <NewUserDialog opened={adding} onClose={() => setAdding(false)} />
    </Panel>
  );
}

function useColumns(): Column<User>[] {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useQueryClient();
  const tell = useTell();
  const me = useMe().data;
  const change = (user: User, changes: Partial<User>) =>
    void patch(`/api/users/${encodeURIComponent(user.id)}`, changes)
      .then(() => tell.done(t('users.changed', { email: user.email })), tell.failed)
      .finally(() => client.invalidateQueries({ queryKey: ['users'] }));
  return [
    { key: 'email', header: t('users.email'), cell: ({ email }) => <b>{email}</b>, sort: ({ email }) => email },
    { key: 'role', header: t('users.role'), cell: ({ role }) => t(`users.roles.${role}`), sort: ({ role }) => role },
    {
      key: 'state',
      header: t('users.state'),
      cell: ({ disabled }) => (
        <span className={`pill ${disabled ? 'bad' : 'good'}`}>
          {disabled ? t('users.disabled') : t('users.enabled')}
        </span>
      ),
    },
    {
      key: 'created',
      header: t('users.created'),
      wideOnly: true,
      cell: ({ createdAt }) => format.date(createdAt),
      sort: ({ createdAt }) => createdAt ?? '',
    },
    {
      key: 'actions',
      header: t('users.actions'),
      align: 'end',
      cell: (user) =>
        user.id === me?.id ? (
          <span className="dim small">{t('users.you')}</span>
        ) : (
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => change(user, { disabled: !user.disabled })}
            aria-label={`${user.disabled ? t('users.enable') : t('users.disable')}: ${user.email}`}
          >
            {user.disabled ? t('users.enable') : t('users.disable')}
          </Button>
        ),
    },
  ];
}
