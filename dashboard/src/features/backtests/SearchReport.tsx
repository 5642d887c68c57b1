import { useTranslation } from 'react-i18next';
import type { RunEntry, SearchFold, SearchResult } from '../../api/types.js';
import { type Column, DataTable } from '../../components/DataTable.js';
import { Stat } from '../../components/Panel.js';
import { EmptyState } from '../../components/states.js';
import { gainClass } from '../../format/format.js';
import { useFormat } from '../../format/useFormat.js';
import { SearchResults } from './SearchResults.js';

/** What a search found: how far the best may be believed first, then each combination. */
export function SearchReport({ result, results }: { result: SearchResult; results: NonNullable<RunEntry['results']> }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { best, walkForward } = result;
  const percent = (share: number | null | undefined) =>
    share === null || share === undefined ? '–' : format.percent(100 * share, 1);
  return (
    <div className="stack">
      <dl className="grid" style={{ ['--min' as string]: '220px' }}>
        <Stat
          label={t('backtests.best', { trials: format.number(result.trials, 0) })}
          value={best ? paramsText(best.params) : '–'}
          note={best ? `${t('metrics.sharpe.label')} ${format.number(best.metrics['sharpe'])}` : undefined}
        />
        <Stat
          label={t('backtests.bestReturn')}
          tone={gainClass(best?.metrics['totalReturnPct'])}
          value={best ? format.signedPercent(best.metrics['totalReturnPct']) : '–'}
          note={t('backtests.bestReturnHelp')}
        />
        <Stat
          label={t('backtests.outOfSample')}
          tone={gainClass(walkForward.returnPct)}
          value={format.signedPercent(walkForward.returnPct)}
          note={t('backtests.outOfSampleHelp')}
        />
        <Stat
          label={t('backtests.deflated')}
          value={percent(best?.deflatedSharpe)}
          note={t('backtests.deflatedHelp')}
        />
        <Stat
          label={t('metrics.buyAndHoldPct.label')}
          tone={gainClass(best?.metrics['buyAndHoldPct'])}
          value={best ? format.signedPercent(best.metrics['buyAndHoldPct']) : '–'}
          note={t('metrics.buyAndHoldPct.help')}
        />
      </dl>
      <h3 className="dim">{t('backtests.folds')}</h3>
      <Folds folds={walkForward.folds} />
      <h3 className="dim">{t('backtests.results')}</h3>
      <SearchResults results={results} />
    </div>
  );
}

function Folds({ folds }: { folds: readonly SearchFold[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const columns: Column<SearchFold>[] = [
    {
      key: 'period',
      header: t('backtests.foldPeriod'),
      cell: ({ from, to }) => `${format.date(from)} – ${format.date(to)}`,
    },
    {
      key: 'chosen',
      header: t('backtests.foldChosen'),
      cell: ({ params }) => (params ? paramsText(params) : '–'),
    },
    {
      key: 'before',
      header: t('backtests.sharpeBefore'),
      align: 'end',
      wideOnly: true,
      cell: ({ sharpeBefore }) => format.number(sharpeBefore),
    },
    {
      key: 'within',
      header: t('backtests.sharpeWithin'),
      align: 'end',
      wideOnly: true,
      cell: ({ sharpeWithin }) => format.number(sharpeWithin),
    },
    {
      key: 'return',
      header: t('metrics.totalReturnPct.label'),
      align: 'end',
      cell: ({ returnPct }) => <span className={gainClass(returnPct)}>{format.signedPercent(returnPct)}</span>,
    },
  ];
  return (
    <DataTable
      label={t('backtests.folds')}
      rows={folds}
      columns={columns}
      rowKey={({ from }) => from}
      empty={<EmptyState title={t('backtests.noResults')} />}
    />
  );
}

const paramsText = (params: Readonly<Record<string, number>>): string =>
  Object.entries(params)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
