import { lazy, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { usePerformance } from '../../api/queries.js';
import { Panel } from '../../components/Panel.js';
import { EmptyState, LinesSkeleton, Loaded } from '../../components/states.js';
import { useFormat } from '../../format/useFormat.js';
import { useLiveEquity } from '../../stream/equity.js';
import { useToday } from './useToday.js';

const LineChart = lazy(() => import('../../components/LineChart.js').then((module) => ({ default: module.LineChart })));

/** The account's value over the last day, growing as snapshots arrive. */
export function EquityPanel() {
  const { t } = useTranslation();
  const format = useFormat();
  const performance = usePerformance(useToday());
  const points = useLiveEquity(performance.data?.equity);
  const last = points[points.length - 1];
  const key = `${points.length} ${last?.timestamp}`;
  const { times, lines } = useMemo(
    () => ({
      times: points.map(({ timestamp }) => Date.parse(timestamp)),
      lines: [
        {
          label: t('overview.equity'),
          values: points.map(({ equity }) => equity),
          colour: 'accent' as const,
          fill: true,
        },
      ],
    }),
    // The points are new on each render; their number and last time tell whether they changed.
    [key, t],
  );
  return (
    <Panel title={t('overview.equityTitle')} aside={last && <strong>{format.money(last.equity)} USDT</strong>}>
      <Loaded query={performance}>
        {() =>
          points.length < 2 ? (
            <EmptyState title={t('overview.noEquity')} />
          ) : (
            <Suspense fallback={<LinesSkeleton />}>
              <LineChart
                label={t('overview.equityLabel', { value: format.money(last?.equity) })}
                times={times}
                lines={lines}
                height={180}
              />
            </Suspense>
          )
        }
      </Loaded>
    </Panel>
  );
}
