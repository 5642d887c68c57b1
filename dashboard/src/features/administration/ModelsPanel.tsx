import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { IconBrain } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { get, post } from '../../api/client.js';
import type { ModelEntry } from '../../api/types.js';
import { type Column, DataTable } from '../../components/DataTable.js';
import { Panel } from '../../components/Panel.js';
import { EmptyState, Loaded } from '../../components/states.js';
import { useTell } from '../../components/useErrorText.js';
import { useFormat } from '../../format/useFormat.js';

const LOOKS = { candidate: '', shadow: 'accent', active: 'good', retired: '', failed: 'bad' } as const;

/** The models' versions with their quality on unseen candles; one of them is in use. */
export function ModelsPanel() {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useQueryClient();
  const tell = useTell();
  const models = useQuery({
    queryKey: ['models'],
    queryFn: () => get<{ items: ModelEntry[] }>('/api/models'),
    refetchInterval: 10_000,
  });
  const act = (path: string, done: string) =>
    void post(path)
      .then(() => tell.done(done), tell.failed)
      .finally(() => client.invalidateQueries({ queryKey: ['models'] }));
  const columns: Column<ModelEntry>[] = [
    {
      key: 'version',
      header: t('model.version'),
      cell: ({ version }) => <span className="mono">{version}</span>,
      sort: ({ version }) => version,
    },
    {
      key: 'market',
      header: t('model.market'),
      cell: ({ symbol, timeframe }) => `${symbol} · ${timeframe}`,
      sort: ({ symbol, timeframe }) => `${symbol} ${timeframe}`,
    },
    {
      key: 'stage',
      header: t('model.stageTitle'),
      cell: ({ stage }) => <span className={`pill ${LOOKS[stage]}`}>{t(`model.stage.${stage}`)}</span>,
      sort: ({ stage }) => stage,
    },
    {
      key: 'created',
      header: t('users.created'),
      cell: ({ createdAt }) => format.dateTime(createdAt),
      sort: ({ createdAt }) => createdAt,
      wideOnly: true,
    },
    {
      key: 'auc',
      header: t('model.figures.auc'),
      align: 'end',
      cell: ({ report }) => format.number(report?.test?.auc, 4),
    },
    {
      key: 'brier',
      header: t('model.figures.brierSkill'),
      align: 'end',
      cell: ({ report }) => format.number(report?.test?.brierSkill, 4),
    },
    {
      key: 'use',
      header: t('users.actions'),
      align: 'end',
      cell: ({ version, inUse, stage }) =>
        inUse || stage === 'failed' ? (
          '–'
        ) : (
          <Button
            size="compact-xs"
            variant="default"
            aria-label={t('model.promoteOne', { version })}
            onClick={() => act(`/api/models/${encodeURIComponent(version)}/promote`, t('model.promoted', { version }))}
          >
            {t('model.promote')}
          </Button>
        ),
    },
  ];
  return (
    <Panel
      title={t('model.all')}
      aside={
        <Button
          size="xs"
          variant="default"
          leftSection={<IconBrain size={15} />}
          onClick={() => act('/api/models/train', t('model.training'))}
        >
          {t('model.train')}
        </Button>
      }
    >
      <Loaded query={models}>
        {({ items }) => (
          <DataTable
            label={t('model.all')}
            rows={items}
            columns={columns}
            rowKey={({ version }) => version}
            empty={<EmptyState title={t('model.none')} />}
          />
        )}
      </Loaded>
    </Panel>
  );
}
