import { Button, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, post, remove } from '../../api/client.js';
import type { TokenEntry } from '../../api/types.js';
import { type Column, DataTable } from '../../components/DataTable.js';
import { Panel } from '../../components/Panel.js';
import { EmptyState, Loaded } from '../../components/states.js';
import { useTell } from '../../components/useErrorText.js';
import { useFormat } from '../../format/useFormat.js';

/** Keys with which scripts use the API; each is shown once, when it is made. */
export function ApiTokens() {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useQueryClient();
  const tell = useTell();
  const [name, setName] = useState('');
  const [made, setMade] = useState<string | null>(null);
  const tokens = useQuery({ queryKey: ['tokens'], queryFn: () => get<{ items: TokenEntry[] }>('/api/tokens') });
  const again = () => client.invalidateQueries({ queryKey: ['tokens'] });
  const create = async (event: FormEvent) => {
    event.preventDefault();
    try {
      setMade((await post<{ token: string }>('/api/tokens', { name })).token);
      setName('');
    } catch (error) {
      tell.failed(error);
    }
    await again();
  };
  const revoke = (id: string) =>
    void remove(`/api/tokens/${encodeURIComponent(id)}`)
      .then(() => tell.done(t('tokens.revoked')), tell.failed)
      .finally(again);
  const columns: Column<TokenEntry>[] = [
    { key: 'name', header: t('tokens.name'), cell: (token) => <b>{token.name}</b> },
    {
      key: 'created',
      header: t('users.created'),
      cell: ({ createdAt }) => format.dateTime(createdAt),
      sort: ({ createdAt }) => createdAt,
    },
    {
      key: 'used',
      header: t('tokens.lastUsed'),
      wideOnly: true,
      cell: ({ lastUsedAt }) => format.dateTime(lastUsedAt),
    },
    {
      key: 'revoke',
      header: t('users.actions'),
      align: 'end',
      cell: (token) => (
        <Button
          size="compact-xs"
          variant="default"
          aria-label={t('tokens.revokeOne', { name: token.name })}
          onClick={() => revoke(token.id)}
        >
          {t('tokens.revoke')}
        </Button>
      ),
    },
  ];
  return (
    <Panel title={t('tokens.title')}>
      <div className="stack">
        <form className="row bottom" onSubmit={(event) => void create(event)}>
          <TextInput
            label={t('tokens.name')}
            value={name}
            maxLength={100}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button type="submit" disabled={name.trim() === ''}>
            {t('tokens.create')}
          </Button>
        </form>
        {made && (
          <div role="status">
            <p>{t('tokens.once')}</p>
            <code className="mono">{made}</code>
          </div>
        )}
        <Loaded query={tokens}>
          {({ items }) => (
            <DataTable
              label={t('tokens.title')}
              rows={items}
              columns={columns}
              rowKey={({ id }) => id}
              empty={<EmptyState title={t('tokens.none')} />}
            />
          )}
        </Loaded>
      </div>
    </Panel>
  );
}
