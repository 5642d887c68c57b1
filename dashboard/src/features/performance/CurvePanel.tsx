import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { PerformanceAnswer } from '../../api/types.js';
import { LineChart } from '../../components/LineChart.js';
import { Panel } from '../../components/Panel.js';
import { EmptyState } from '../../components/states.js';
import { useFormat } from '../../format/useFormat.js';
import { useBuyAndHold } from './useBuyAndHold.js';

/** Equity beside what buying and holding the same symbols would have been worth, and the way down from each peak. */
export function CurvePanel({ performance: { equity } }: { performance: PerformanceAnswer }) {
  const { t } = useTranslation();
  const format = useFormat();
  const times = useMemo(() => equity.map(({ timestamp }) => Date.parse(timestamp)), [equity]);
  const hold = useBuyAndHold(times, equity[0]?.equity ?? 0);
  const lines = useMemo(
    () => [
      {
        label: t('overview.equity'),
        values: equity.map((point) => point.equity),
        colour: 'accent' as const,
        fill: true,
      },
      ...(hold ? [{ label: t('performance.buyAndHold'), values: hold, colour: 'warn' as const, dashed: true }] : []),
    ],
    [equity, hold, t],
  );
  const drawdown = useMemo(
    () => [
      {
        label: t('overview.drawdown'),
        values: equity.map((point) => -Math.abs(point.drawdownPct)),
        colour: 'down' as const,
        fill: true,
      },
    ],
    [equity, t],
  );
  if (equity.length < 2)
    return (
      <Panel title={t('performance.equity')}>
        <EmptyState title={t('overview.noEquity')} />
      </Panel>
    );
  const last = equity[equity.length - 1];
  return (
    <Panel title={t('performance.equity')} aside={<strong>{format.money(last?.equity)} USDT</strong>}>
      <LineChart
        label={t('overview.equityLabel', { value: format.money(last?.equity) })}
        times={times}
        lines={lines}
        height={280}
      />
      <h3 className="dim">{t('overview.drawdown')}</h3>
      <LineChart label={t('performance.drawdownLabel')} times={times} lines={drawdown} height={130} unit=" %" />
    </Panel>
  );
}
