import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.js';
import type { RunEntry } from '../../api/types.js';
import { type Column, DataTable } from '../../components/DataTable.js';
import { EmptyState, Loaded } from '../../components/states.js';
import { useTell } from '../../components/useErrorText.js';
import { useFormat } from '../../format/useFormat.js';
import { type RunKind, useRuns } from './runs.js';

interface RunListProps {
  kind: RunKind;
  selected: string | null;
  onSelect: (id: string) => void;
}

export function RunList({ kind, selected, onSelect }: RunListProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useQueryClient();
  const tell = useTell();
  const cancel = (id: string) =>
    void post(`/api/${kind}/${encodeURIComponent(id)}/cancel`)
      .catch(tell.failed)
      .finally(() => client.invalidateQueries({ queryKey: [kind] }));
  const looks = { QUEUED: '', RUNNING: 'accent', COMPLETED: 'good', FAILED: 'bad', CANCELLED: 'attention' } as const;
  const columns: Column<RunEntry>[] = [
    {
      key: 'created',
      header: t('common.time'),
      wideOnly: true,
      cell: ({ createdAt }) => format.dateTime(createdAt),
      sort: ({ createdAt }) => createdAt,
    },
    {
      key: 'what',
      header: t('backtests.what'),
      cell: ({ request }) => (
        <b>{[request.strategy, request.symbol, request.timeframe].filter(Boolean).map(String).join(' · ')}</b>
      ),
    },
    {
      key: 'status',
      header: t('backtests.status'),
      cell: ({ status }) => <span className={`pill ${looks[status]}`}>{t(`runStatus.${status}`)}</span>,
    },
    { key: 'progress', header: t('backtests.progress'), wideOnly: true, cell: (run) => <Progress run={run} /> },
    {
      key: 'actions',
      header: t('users.actions'),
      align: 'end',
      cell: ({ id, status }) =>
        status === 'QUEUED' || status === 'RUNNING' ? (
          <Button size="compact-xs" variant="default" onClick={() => cancel(id)}>
            {t('common.cancel')}
          </Button>
        ) : (
          <Button size="compact-xs" variant={id === selected ? 'light' : 'default'} onClick={() => onSelect(id)}>
            {t('backtests.show')}
          </Button>
        ),
    },
  ];
  return (
    <Loaded query={useRuns(kind)}>
      {({ items }) => (
        <DataTable
          label={t(`backtests.list.${kind}`)}
          rows={items}
          columns={columns}
          rowKey={({ id }) => id}
          maxHeight={320}
          empty={<EmptyState title={t('backtests.none')} text={t('backtests.noneText')} />}
        />
      )}
    </Loaded>
  );
}

/** Progress is a fraction from 0 to 1. */
export function Progress({ run: { progress, status } }: { run: RunEntry }) {
  const { t } = useTranslation();
  const percent = Math.round(status === 'COMPLETED' ? 100 : progress * 100);
  return (
    <span className="row nowrap" style={{ flexWrap: 'nowrap' }}>
      <span
        className="meter"
        style={{ width: 110 }}
        role="progressbar"
        aria-label={t('backtests.progress')}
        aria-valuenow={percent}
        aria-valuemin={0}
        aria-valuemax={100}
      >
        <i style={{ width: `${percent}%` }} />
      </span>
      {percent} %
    </span>
  );
}
