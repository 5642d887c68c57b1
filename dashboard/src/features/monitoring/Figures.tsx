import { useTranslation } from 'react-i18next';
import { useAccount, useMarket, usePerformance, usePositions, useStatus } from '../../api/queries.js';
import type { PositionEntry, StatusAnswer } from '../../api/types.js';
import { Stat } from '../../components/Panel.js';
import { Loaded } from '../../components/states.js';
import { useNow } from '../../components/useNow.js';
import { gainClass, toNumber } from '../../format/format.js';
import { useFormat } from '../../format/useFormat.js';
import { useLiveEquity } from '../../stream/equity.js';
import { useToday } from './useToday.js';

/** The design's four figures, and the account beside them. */
export function Figures() {
  const { t } = useTranslation();
  const format = useFormat();
  const exposure = useExposure();
  return (
    <Loaded query={useStatus()} lines={3}>
      {(status) => (
        <dl className="figures" aria-label={t('overview.figures')}>
          <Stat
            label={t('overview.activeSignals')}
            value={format.number(status.activeSignals, 0)}
            note={t('overview.activeSignalsNote')}
          />
          <Stat
            label={t('overview.tradesToday')}
            value={format.number(status.tradesToday, 0)}
            note={t('overview.openPositionsNote', { count: status.openPositions })}
          />
          <Stat
            label={t('overview.pnlToday')}
            value={`${format.signedMoney(status.dailyPnl)}`}
            tone={gainClass(status.dailyPnl)}
            note={`USDT · ${format.signedPercent(status.dailyPnlPct)}`}
          />
          <Uptime
            since={status.since}
            seconds={status.uptimeSeconds}
            running={status.status === 'RUNNING' || status.status === 'REDUCING'}
          />
          <Equity status={status} />
          <Balance />
          <Stat
            label={t('overview.exposure')}
            value={format.money(exposure)}
            note={`USDT · ${format.percent(status.equity > 0 ? (exposure / status.equity) * 100 : 0, 1)}`}
          />
          <Drawdown />
        </dl>
      )}
    </Loaded>
  );
}

/** Before its first cycle trading has not looked at the account: nothing is known then, which is not nothing. */
function Equity({ status: { equity, lastCycleAt } }: { status: StatusAnswer }) {
  const { t } = useTranslation();
  const format = useFormat();
  const known = lastCycleAt !== null || equity !== 0;
  return (
    <Stat
      label={t('overview.equity')}
      value={known ? format.money(equity) : '–'}
      note={known ? 'USDT' : t('overview.equityLater')}
    />
  );
}

function Drawdown() {
  const { t } = useTranslation();
  const format = useFormat();
  const equity = useLiveEquity(usePerformance(useToday()).data?.equity);
  const last = equity[equity.length - 1];
  return (
    <Stat
      label={t('overview.drawdown')}
      value={format.percent(last && Math.abs(last.drawdownPct))}
      note={t('overview.drawdownNote')}
    />
  );
}

/** The exchange's own word on the quote asset. */
function Balance() {
  const { t } = useTranslation();
  const format = useFormat();
  const usdt = useAccount().data?.balances.find(({ asset }) => asset === 'USDT');
  return (
    <Stat
      label={t('overview.free')}
      value={format.money(usdt?.free)}
      note={t('overview.locked', { amount: format.money(usdt?.locked) })}
    />
  );
}

function Uptime({ since, seconds, running }: { since: string; seconds: number; running: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(1000);
  const shown = running ? Math.max(seconds, (now - Date.parse(since)) / 1000) : seconds;
  return (
    <Stat
      label={t('overview.uptime')}
      value={format.duration(shown)}
      note={running ? t('overview.uptimeRunning') : t('overview.uptimeStopped')}
    />
  );
}

/** What open positions are worth at the market's price (the entry's where there is none yet), in quote units. */
export function useExposure(): number {
  const positions = usePositions().data?.items ?? [];
  const market = useMarket().data?.items ?? [];
  return positions.reduce((sum, position) => sum + (toNumber(position.quantity) ?? 0) * priceOf(position, market), 0);
}

export function priceOf(position: PositionEntry, market: readonly { symbol: string; price: number }[]): number {
  return (
    market.find(({ symbol }) => symbol === position.symbol)?.price ??
    position.currentPrice ??
    toNumber(position.entryPrice) ??
    0
  );
}
