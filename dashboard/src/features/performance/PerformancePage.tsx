import { NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAllTrades, usePerformance } from '../../api/queries.js';
import type { EquityPoint } from '../../api/types.js';
import { CsvButton } from '../../components/CsvButton.js';
import { DataTable } from '../../components/DataTable.js';
import { PageTitle, Panel } from '../../components/Panel.js';
import { EmptyState, Loaded } from '../../components/states.js';
import { BreakdownPanel } from './BreakdownPanel.js';
import { CurvePanel } from './CurvePanel.js';
import { MetricsPanel } from './MetricsPanel.js';
import { useMarketTime } from '../monitoring/useMarketTime.js';
import { useTradeColumns } from './useTradeColumns.js';
import './performance.css';

const daysOf = (equity: readonly EquityPoint[]): number => {
  const [first, last] = [equity[0], equity[equity.length - 1]];
  return first && last ? (Date.parse(last.timestamp) - Date.parse(first.timestamp)) / 86_400_000 : 0;
};

const RANGES = { day: 1, week: 7, month: 30, quarter: 90, all: 0 } as const;
type Range = keyof typeof RANGES;

/** What the trading earned, against buying and holding, and where it came from. */
export default function PerformancePage() {
  const { t } = useTranslation();
  const [range, setRange] = useState<Range>('all');
  const now = useMarketTime();
  const from = RANGES[range] === 0 ? undefined : new Date(now - RANGES[range] * 86_400_000).toISOString();
  const performance = usePerformance({ from });
  const trades = useAllTrades({ from });
  const columns = useTradeColumns({ orders: true });
  return (
    <div className="stack">
      <PageTitle title={t('nav.performance')} text={t('performance.intro')}>
        <NativeSelect
          size="xs"
          aria-label={t('performance.range')}
          value={range}
          onChange={(event) => setRange(event.currentTarget.value as Range)}
          data={(Object.keys(RANGES) as Range[]).map((value) => ({ value, label: t(`performance.ranges.${value}`) }))}
        />
      </PageTitle>
      <Loaded query={performance} lines={8}>
        {(data) =>
          data.equity.length === 0 && !data.metrics['trades'] ? (
            <section className="panel">
              <EmptyState title={t('performance.none')} text={t('performance.noneText')} />
            </section>
          ) : (
            <>
              <MetricsPanel metrics={data.metrics} days={daysOf(data.equity)} />
              <CurvePanel performance={data} />
            </>
          )
        }
      </Loaded>
      <Loaded query={trades} lines={8}>
        {({ items }) => (
          <>
            {items.length > 0 && <BreakdownPanel trades={items} />}
            <Panel
              title={t('trades.title')}
              aside={<CsvButton path="/api/trades" query={{ from }} name="trades.csv" />}
            >
              <DataTable
                label={t('trades.title')}
                rows={items}
                columns={columns}
                rowKey={({ id }) => id}
                maxHeight={520}
                empty={<EmptyState title={t('trades.none')} text={t('trades.noneText')} />}
              />
            </Panel>
          </>
        )}
      </Loaded>
    </div>
  );
}
