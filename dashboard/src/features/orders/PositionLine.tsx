import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { ExitReason } from '../../../../trading/types.js';
import { get } from '../../api/client.js';
import { keys } from '../../api/queries.js';
import type { Page, PositionEntry, TradeEntry } from '../../api/types.js';
import { Link } from '../../app/router.js';
import { Loaded } from '../../components/states.js';
import { gainClass } from '../../format/format.js';
import { useFormat } from '../../format/useFormat.js';
import { isStopAlone } from '../monitoring/standing.js';
import { StandingPills } from '../monitoring/StandingPills.js';

interface Found {
  trade: TradeEntry | undefined;
  position: PositionEntry | undefined;
}

/** What became of an order's position: its closed trade with the result, else the position as it is. */
export function PositionLine({ positionId }: { positionId: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const found = useQuery({
    // Under the orders, whose news asks for it again; lists under `trades` are written to by the stream.
    queryKey: [...keys.orders, 'position', positionId],
    queryFn: async ({ signal }): Promise<Found> => {
      const trades = await get<Page<TradeEntry>>('/api/trades', { positionId, limit: 1 }, signal);
      if (trades.items[0]) return { trade: trades.items[0], position: undefined };
      const positions = await get<Page<PositionEntry>>(
        '/api/positions',
        { q: positionId, status: 'all', limit: 1 },
        signal,
      );
      return { trade: undefined, position: positions.items[0] };
    },
    refetchInterval: 10_000,
  });
  return (
    <Loaded query={found} lines={1}>
      {({ trade, position }) =>
        trade ? (
          <p>
            <Link to="/performance">{t('orders.closedTrade')}</Link>: {format.price(trade.entryPrice)} →{' '}
            {format.price(trade.exitPrice)},{' '}
            <b className={gainClass(trade.pnl)}>
              {format.signedMoney(trade.pnl)} ({format.signedPercent(trade.pnlPct)})
            </b>
            , {t(`exitReason.${trade.exitReason as ExitReason}`)} · {format.dateTime(trade.exitTime)} (
            {t('health.marketTime')})
          </p>
        ) : position ? (
          <p>
            <Link to="/">{t('orders.openPosition')}</Link>: {format.quantity(position.quantity)} ·{' '}
            {t('positions.entry')} {format.price(position.entryPrice)} · {t('positions.stop')}{' '}
            {format.price(position.stopPrice)} · {t('positions.target')} {format.price(position.targetPrice)}
            {isStopAlone(position) && ` (${t('positions.noTargetOrder')})`} <StandingPills position={position} />
          </p>
        ) : (
          <p className="dim">{t('orders.noPosition')}</p>
        )
      }
    </Loaded>
  );
}
