import { useTranslation } from 'react-i18next';
import type { ExitReason } from '../../../../trading/types.js';
import type { ResultTrade } from '../../api/types.js';
import type { Column } from '../../components/DataTable.js';
import { usePhone } from '../../components/usePhone.js';
import { Link } from '../../app/router.js';
import { gainClass, toNumber } from '../../format/format.js';
import { useFormat } from '../../format/useFormat.js';

/** How closed trades are listed, on every page that lists them; with the way to their orders where they have any. */
export function useTradeColumns({ orders = false } = {}): Column<ResultTrade>[] {
  const { t } = useTranslation();
  const format = useFormat();
  const phone = usePhone();
  const columns: Column<ResultTrade>[] = [
    {
      key: 'exitTime',
      header: t('trades.exitTime'),
      cell: ({ exitTime }) => format.shortDateTime(exitTime),
      sort: ({ exitTime }) => exitTime ?? '',
    },
    {
      key: 'symbol',
      header: t('common.symbol'),
      cell: ({ symbol, exitReason }) => (
        <>
          <b>{symbol}</b>
          {phone && <span className="second-line dim">{t(`exitReason.${exitReason as ExitReason}`)}</span>}
        </>
      ),
      sort: ({ symbol }) => symbol ?? '',
    },
    {
      key: 'quantity',
      header: t('common.quantity'),
      align: 'end',
      wideOnly: true,
      cell: ({ quantity }) => format.quantity(quantity),
    },
    {
      key: 'entry',
      header: t('trades.entryPrice'),
      align: 'end',
      wideOnly: true,
      cell: ({ entryPrice }) => format.price(entryPrice),
    },
    {
      key: 'exit',
      header: t('trades.exitPrice'),
      align: 'end',
      wideOnly: true,
      cell: ({ exitPrice }) => format.price(exitPrice),
    },
    {
      key: 'fees',
      header: t('trades.fees'),
      align: 'end',
      wideOnly: true,
      cell: ({ fees }) => format.money(fees),
      sort: ({ fees }) => toNumber(fees) ?? 0,
    },
    {
      key: 'pnl',
      header: t('trades.pnl'),
      align: 'end',
      sort: ({ pnl }) => toNumber(pnl) ?? 0,
      cell: ({ pnl, pnlPct }) => (
        <span className={gainClass(pnl)}>
          {format.signedMoney(pnl)} {!phone && <small>({format.signedPercent(pnlPct)})</small>}
        </span>
      ),
    },
    {
      key: 'reason',
      header: t('trades.exitReason'),
      wideOnly: true,
      sort: ({ exitReason }) => exitReason,
      cell: ({ exitReason }) => t(`exitReason.${exitReason as ExitReason}`),
    },
  ];
  if (!orders) return columns;
  const toOrders: Column<ResultTrade> = {
    key: 'orders',
    header: t('orders.ofTrade'),
    cell: ({ positionId, symbol }) =>
      positionId ? (
        <Link
          to={`/orders/${encodeURIComponent(positionId)}`}
          label={t('orders.ofTradeOne', { symbol })}
          className="small"
        >
          {t('orders.ofTrade')}
        </Link>
      ) : (
        '–'
      ),
  };
  return [...columns, toOrders];
}
