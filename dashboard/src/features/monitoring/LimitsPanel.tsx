import { useTranslation } from 'react-i18next';
import { useConfig, usePerformance, useStatus } from '../../api/queries.js';
import { Panel } from '../../components/Panel.js';
import { useFormat } from '../../format/useFormat.js';
import { useExposure } from './Figures.js';
import { useToday } from './useToday.js';

/** How much of each limit is used: today's loss, drawdown, exposure and positions. */
export function LimitsPanel() {
  const { t } = useTranslation();
  const format = useFormat();
  const status = useStatus().data;
  const config = useConfig().data;
  const exposure = useExposure();
  const equity = usePerformance(useToday()).data?.equity;
  const last = equity?.[equity.length - 1];
  if (!status || !config) return null;
  const loss = Math.max(0, -status.dailyPnlPct);
  const exposurePct = status.equity > 0 ? (exposure / status.equity) * 100 : 0;
  return (
    <Panel title={t('overview.limits')}>
      <div className="stack tight">
        <Meter name={t('overview.dailyLoss')} used={loss} limit={config.maxDailyLossPct} show={format.percent} />
        <Meter
          name={t('overview.drawdown')}
          used={last && Math.abs(last.drawdownPct)}
          limit={config.risk?.maxDrawdownPct}
          show={format.percent}
        />
        <Meter
          name={t('overview.exposure')}
          used={exposurePct}
          limit={config.risk?.maxExposurePct}
          show={format.percent}
        />
        <Meter
          name={t('overview.positions')}
          used={status.openPositions}
          limit={config.maxPositions}
          show={(value) => format.number(value, 0)}
        />
      </div>
    </Panel>
  );
}

interface MeterProps {
  name: string;
  /** Undefined while it is not known, which is not nothing. */
  used: number | undefined;
  limit: number | undefined;
  show: (value: number) => string;
}

function Meter({ name, used, limit, show }: MeterProps) {
  const { t } = useTranslation();
  if (!limit) return null;
  const share = Math.min(100, ((used ?? 0) / limit) * 100);
  const look = share >= 100 ? 'bad' : share >= 80 ? 'attention' : 'good';
  const text = t('overview.ofLimit', { used: used === undefined ? '–' : show(used), limit: show(limit) });
  return (
    <div>
      <div className="row between small">
        <span>{name}</span>
        <span className="dim">{text}</span>
      </div>
      <div
        className="meter"
        role="meter"
        aria-label={name}
        aria-valuenow={Math.round(share)}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuetext={text}
      >
        <i className={look} style={{ width: `${share}%` }} />
      </div>
    </div>
  );
}
