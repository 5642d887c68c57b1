import { useTranslation } from 'react-i18next';
import type { RunEntry } from '../../api/types.js';
import { type Column, DataTable } from '../../components/DataTable.js';
import { EmptyState } from '../../components/states.js';
import { gainClass } from '../../format/format.js';
import { useFormat } from '../../format/useFormat.js';

type Row = NonNullable<RunEntry['results']>[number];

/** Every combination tried, the best first. */
export function SearchResults({ results }: { results: readonly Row[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const names = Object.keys(results[0]?.params ?? {});
  const columns: Column<Row>[] = [
    ...names.map(
      (name): Column<Row> => ({
        key: name,
        header: name,
        align: 'end',
        cell: ({ params }) => format.number(params[name], 6),
        sort: ({ params }) => params[name] ?? 0,
      }),
    ),
    {
      key: 'return',
      header: t('metrics.totalReturnPct.label'),
      align: 'end',
      sort: ({ metrics }) => metrics.totalReturnPct ?? 0,
      cell: ({ metrics }) => (
        <span className={gainClass(metrics.totalReturnPct)}>{format.signedPercent(metrics.totalReturnPct)}</span>
      ),
    },
    {
      key: 'drawdown',
      header: t('metrics.maxDrawdownPct.label'),
      align: 'end',
      cell: ({ metrics }) => format.percent(metrics.maxDrawdownPct),
      sort: ({ metrics }) => metrics.maxDrawdownPct ?? 0,
    },
    {
      key: 'sharpe',
      header: t('metrics.sharpe.label'),
      align: 'end',
      wideOnly: true,
      cell: ({ metrics }) => format.number(metrics.sharpe),
      sort: ({ metrics }) => metrics.sharpe ?? 0,
    },
    {
      key: 'trades',
      header: t('metrics.trades.label'),
      align: 'end',
      cell: ({ metrics }) => format.number(metrics.trades, 0),
      sort: ({ metrics }) => metrics.trades ?? 0,
    },
  ];
  return (
    <DataTable
      label={t('backtests.results')}
      rows={results}
      columns={columns}
      rowKey={({ params }) => JSON.stringify(params)}
      empty={<EmptyState title={t('backtests.noResults')} />}
    />
  );
}
