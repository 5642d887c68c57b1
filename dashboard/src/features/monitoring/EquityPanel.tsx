import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { usePerformance, useStatus } from '../../api/queries.js';
import { Panel } from '../../components/Panel.js';
import { EmptyState, LinesSkeleton, Loaded } from '../../components/states.js';
import { useFormat } from '../../format/useFormat.js';
import { useLiveEquity } from '../../stream/equity.js';
import { useToday } from './useToday.js';

const EquityChart = lazy(() => import('./EquityChart.js'));

/** The account's value over the last day, growing as snapshots arrive. */
export function EquityPanel() {
  const { t } = useTranslation();
  const format = useFormat();
  const performance = usePerformance(useToday());
  const cycles = useStatus().data?.cycle ?? 0;
  const points = useLiveEquity(performance.data?.equity);
  const last = points[points.length - 1];
  const label = t('overview.equityLabel', { value: format.money(last?.equity) });
  return (
    <Panel title={t('overview.equityTitle')} aside={last && <strong>{format.money(last.equity)} USDT</strong>}>
      <Loaded query={performance}>
        {() =>
          points.length < 2 ? (
            <EmptyState title={t(cycles < 2 ? 'overview.noEquity' : 'overview.noEquityToday')} />
          ) : (
            <Suspense fallback={<LinesSkeleton />}>
              <EquityChart label={label} points={points} height={190} />
            </Suspense>
          )
        }
      </Loaded>
    </Panel>
  );
}
