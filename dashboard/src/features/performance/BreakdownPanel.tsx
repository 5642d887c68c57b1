import { SegmentedControl } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TradeEntry } from '../../api/types.js';
import { type Column, DataTable } from '../../components/DataTable.js';
import { Panel } from '../../components/Panel.js';
import { EmptyState } from '../../components/states.js';
import { gainClass } from '../../format/format.js';
import { useFormat } from '../../format/useFormat.js';
import { type Group, type Grouping, GROUPINGS, groupTrades } from './breakdown.js';

/** Where the result comes from: by month, symbol, strategy, hour of the day or reason of the exit. */
export function BreakdownPanel({ trades }: { trades: readonly TradeEntry[] }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const [grouping, setGrouping] = useState<Grouping>('month');
  const groups = useMemo(() => groupTrades(trades, grouping, format.timeZone), [trades, grouping, format.timeZone]);
  const most = Math.max(...groups.map(({ pnl }) => Math.abs(pnl)), 1e-9);
  const nameOf = (key: string): string => {
    const name = grouping === 'exitReason' ? `exitReason.${key}` : grouping === 'strategy' ? `strategy.${key}` : '';
    return i18n.exists(name) ? t(name as 'exitReason.stop') : key;
  };
  const columns: Column<Group>[] = [
    {
      key: 'key',
      header: t(`performance.grouping.${grouping}`),
      sort: ({ key }) => key,
      cell: ({ key }) => <b>{nameOf(key)}</b>,
    },
    {
      key: 'pnl',
      header: t('trades.pnl'),
      align: 'end',
      sort: ({ pnl }) => pnl,
      cell: ({ pnl }) => <span className={gainClass(pnl)}>{format.signedMoney(pnl)}</span>,
    },
    { key: 'bar', header: t('performance.share'), wideOnly: true, cell: ({ pnl }) => <Bar share={pnl / most} /> },
    {
      key: 'trades',
      header: t('performance.tradeCount'),
      align: 'end',
      sort: (group) => group.trades,
      cell: (group) => format.number(group.trades, 0),
    },
    {
      key: 'winRate',
      header: t('performance.winRate'),
      align: 'end',
      sort: ({ winRate }) => winRate,
      cell: ({ winRate }) => format.percent(winRate, 1),
    },
    {
      key: 'fees',
      header: t('trades.fees'),
      align: 'end',
      wideOnly: true,
      sort: ({ fees }) => fees,
      cell: ({ fees }) => format.money(fees),
    },
  ];
  return (
    <Panel
      title={t('performance.breakdown')}
      aside={
        <SegmentedControl
          size="xs"
          aria-label={t('performance.groupBy')}
          value={grouping}
          onChange={(value) => setGrouping(value as Grouping)}
          data={GROUPINGS.map((value) => ({ value, label: t(`performance.grouping.${value}`) }))}
        />
      }
    >
      <DataTable
        label={t('performance.breakdown')}
        rows={groups}
        columns={columns}
        rowKey={({ key }) => key}
        empty={<EmptyState title={t('trades.none')} />}
      />
    </Panel>
  );
}

/** Losses to the left of the middle, gains to the right. */
function Bar({ share }: { share: number }) {
  const width = `${Math.min(50, Math.abs(share) * 50)}%`;
  return (
    <span className="diverging" aria-hidden>
      <i className={share < 0 ? 'loss' : 'gain'} style={{ width }} />
    </span>
  );
}
