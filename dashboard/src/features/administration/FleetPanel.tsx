import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { IconLockOpen } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, post } from '../../api/client.js';
import type { FleetMember, FleetOverview } from '../../api/types.js';
import { ConfirmDialog } from '../../components/ConfirmDialog.js';
import { type Column, DataTable } from '../../components/DataTable.js';
import { Panel, Stat } from '../../components/Panel.js';
import { EmptyState, Loaded } from '../../components/states.js';
import { useTell } from '../../components/useErrorText.js';
import { gainClass } from '../../format/format.js';
import { useFormat } from '../../format/useFormat.js';
import { StatusPill } from '../control/StatusPill.js';
import { StopEverybody } from './StopEverybody.js';

/** All users' trading, and the emergency stop for everyone at once. */
export function FleetPanel() {
  const { t } = useTranslation();
  const format = useFormat();
  const overview = useQuery({
    queryKey: ['fleet'],
    queryFn: () => get<FleetOverview>('/api/admin/overview'),
    refetchInterval: 5_000,
  });
  const columns = useColumns();
  return (
    <Panel title={t('fleet.title')} aside={overview.data && <FleetCommands stopped={overview.data.fleetStopped} />}>
      <Loaded query={overview} lines={6}>
        {(fleet) => (
          <div className="stack">
            {fleet.fleetStopped && (
              <p role="status" className="banner">
                {t('fleet.isStopped')}
              </p>
            )}
            <dl className="grid small-cells">
              <Stat label={t('fleet.users')} value={format.number(fleet.items.length, 0)} />
              <Stat
                label={t('fleet.running')}
                value={format.number(fleet.items.filter(({ status }) => status === 'RUNNING').length, 0)}
              />
              <Stat
                label={t('fleet.emergency')}
                value={format.number(fleet.items.filter(({ status }) => status === 'EMERGENCY_STOPPED').length, 0)}
              />
              <Stat
                label={t('positions.title')}
                value={format.number(
                  fleet.items.reduce((sum, member) => sum + (member.openPositions ?? 0), 0),
                  0,
                )}
              />
            </dl>
            <DataTable
              label={t('fleet.title')}
              rows={fleet.items}
              columns={columns}
              rowKey={({ userId }) => userId}
              empty={<EmptyState title={t('fleet.none')} />}
            />
          </div>
        )}
      </Loaded>
    </Panel>
  );
}

function useColumns(): Column<FleetMember>[] {
  const { t } = useTranslation();
  const format = useFormat();
  return [
    { key: 'email', header: t('users.email'), cell: ({ email }) => email, sort: ({ email }) => email },
    {
      key: 'status',
      header: t('fleet.status'),
      cell: ({ status }) => <StatusPill status={status} />,
      sort: ({ status }) => status,
    },
    {
      key: 'mode',
      header: t('fleet.mode'),
      wideOnly: true,
      cell: ({ mode }) => t(`mode.${mode}`),
      sort: ({ mode }) => mode,
    },
    {
      key: 'equity',
      header: t('overview.equity'),
      align: 'end',
      wideOnly: true,
      cell: ({ equity }) => format.money(equity),
      sort: ({ equity }) => equity ?? 0,
    },
    {
      key: 'pnl',
      header: t('overview.pnlToday'),
      align: 'end',
      sort: ({ dailyPnl }) => dailyPnl ?? 0,
      cell: ({ dailyPnl }) => <span className={gainClass(dailyPnl)}>{format.signedMoney(dailyPnl)}</span>,
    },
    {
      key: 'positions',
      header: t('positions.title'),
      align: 'end',
      wideOnly: true,
      cell: ({ openPositions }) => format.number(openPositions, 0),
    },
    {
      key: 'cycle',
      header: t('control.lastCycle'),
      wideOnly: true,
      cell: ({ lastCycleAt }) => format.dateTime(lastCycleAt),
      sort: ({ lastCycleAt }) => lastCycleAt ?? '',
    },
  ];
}

function FleetCommands({ stopped }: { stopped: boolean }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const tell = useTell();
  const [asked, setAsked] = useState(false);
  const release = async () => {
    await post('/api/admin/release', {});
    tell.done(t('fleet.releaseDone'));
    await client.invalidateQueries();
  };
  return (
    <>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconLockOpen size={15} />}
        disabled={!stopped}
        onClick={() => setAsked(true)}
      >
        {t('fleet.release')}
      </Button>
      <StopEverybody />
      <ConfirmDialog
        opened={asked}
        onClose={() => setAsked(false)}
        title={t('fleet.release')}
        confirm={t('fleet.releaseConfirm')}
        onConfirm={release}
      >
        <p>{t('fleet.releaseText')}</p>
      </ConfirmDialog>
    </>
  );
}
