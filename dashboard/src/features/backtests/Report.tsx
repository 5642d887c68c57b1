import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { BacktestResult, RunEntry } from '../../api/types.js';
import { DataTable } from '../../components/DataTable.js';
import { LineChart } from '../../components/LineChart.js';
import { Panel } from '../../components/Panel.js';
import { EmptyState, Loaded } from '../../components/states.js';
import { toNumber } from '../../format/format.js';
import { useFormat } from '../../format/useFormat.js';
import { MetricsPanel } from '../performance/MetricsPanel.js';
import { useTradeColumns } from '../performance/useTradeColumns.js';
import { Progress } from './RunList.js';
import { type RunKind, useRun } from './runs.js';
import { SearchReport } from './SearchReport.js';

/** What one run found. */
export function Report({ kind, id }: { kind: RunKind; id: string }) {
  const { t } = useTranslation();
  return (
    <Panel title={t('backtests.report')}>
      <Loaded query={useRun(kind, id)} lines={8}>
        {(run) => <Outcome run={run} />}
      </Loaded>
    </Panel>
  );
}

function Outcome({ run }: { run: RunEntry }) {
  const { t } = useTranslation();
  if (run.status === 'FAILED') return <EmptyState title={t('backtests.failed')} text={run.error ?? undefined} />;
  if (run.result && 'walkForward' in run.result)
    return <SearchReport result={run.result} results={run.results ?? []} />;
  if (run.result) return <Result result={run.result} initial={toNumber(run.request.cash) ?? 10_000} />;
  return <Progress run={run} />;
}

function Result({ result, initial }: { result: BacktestResult; initial: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const columns = useTradeColumns();
  const { times, lines } = useMemo(() => equityOf(result, initial, t('overview.equity')), [result, initial, t]);
  return (
    <div className="stack">
      <p>
        {t('backtests.summary', {
          equity: format.money(result.finalEquity),
          candles: format.number(result.candles, 0),
          seconds: format.number(result.seconds, 3),
        })}
      </p>
      <MetricsPanel metrics={result.metrics} />
      {times.length > 1 && (
        <LineChart
          label={t('overview.equityLabel', { value: format.money(result.finalEquity) })}
          times={times}
          lines={lines}
        />
      )}
      <DataTable
        label={t('trades.title')}
        rows={result.trades}
        columns={columns}
        rowKey={({ entryTime, symbol }) => `${symbol} ${entryTime}`}
        empty={<EmptyState title={t('trades.none')} />}
      />
    </div>
  );
}

/** The account after each trade. */
function equityOf({ trades }: BacktestResult, initial: number, label: string) {
  const closed = trades.flatMap((trade) => (trade.exitTime === null ? [] : [{ ...trade, exitTime: trade.exitTime }]));
  let equity = initial;
  const values = [initial, ...closed.map(({ pnl }) => (equity += toNumber(pnl) ?? 0))];
  const first = closed[0]?.entryTime;
  const times =
    first === undefined
      ? []
      : [new Date(first).getTime(), ...closed.map(({ exitTime }) => new Date(exitTime).getTime())];
  return { times, lines: [{ label, values, colour: 'accent' as const, fill: true }] };
}
