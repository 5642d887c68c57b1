import { useTranslation } from 'react-i18next';
import type { OrderState } from '../../../../trading/orders/states.js';
import type { OrderEntry } from '../../api/types.js';
import type { Column } from '../../components/DataTable.js';
import { usePhone } from '../../components/usePhone.js';
import { useFormat } from '../../format/useFormat.js';
import { StatePill } from './StatePill.js';

/** @param onSelect shows one order whole */
export function useOrderColumns(onSelect: (order: OrderEntry) => void): Column<OrderEntry>[] {
  const { t } = useTranslation();
  const format = useFormat();
  const phone = usePhone();
  return [
    {
      key: 'time',
      header: t('common.time'),
      sort: ({ createdAt }) => createdAt,
      wideOnly: true,
      cell: ({ createdAt }) => format.stamp(createdAt),
    },
    {
      key: 'shortTime',
      header: t('common.time'),
      phoneOnly: true,
      cell: ({ createdAt }) => format.shortDateTime(createdAt),
    },
    {
      key: 'symbol',
      header: t('common.symbol'),
      sort: ({ symbol }) => symbol,
      cell: ({ symbol, side, purpose }) => (
        <>
          <b>{symbol}</b>
          {phone && (
            <span className="second-line dim">
              {t(`signalType.${side}`)} · {t(`purpose.${purpose}`)}
            </span>
          )}
        </>
      ),
    },
    {
      key: 'side',
      header: t('orders.side'),
      wideOnly: true,
      sort: ({ side }) => side,
      cell: ({ side }) => <span className={side === 'BUY' ? 'up' : 'down'}>{t(`signalType.${side}`)}</span>,
    },
    {
      key: 'purpose',
      header: t('orders.purpose'),
      wideOnly: true,
      sort: ({ purpose }) => purpose,
      cell: ({ purpose }) => t(`purpose.${purpose}`),
    },
    {
      key: 'type',
      header: t('orders.type'),
      wideOnly: true,
      sort: ({ type }) => type,
      cell: ({ type }) => <span className="mono small">{type}</span>,
    },
    {
      key: 'quantity',
      header: t('orders.filled'),
      align: 'end',
      wideOnly: true,
      cell: ({ filledQuantity, quantity }) => `${format.quantity(filledQuantity)} / ${format.quantity(quantity)}`,
    },
    {
      key: 'price',
      header: t('orders.price'),
      align: 'end',
      wideOnly: true,
      cell: ({ price, stopPrice }) => format.price(stopPrice ?? price),
    },
    {
      key: 'average',
      header: t('orders.average'),
      align: 'end',
      wideOnly: true,
      cell: ({ averagePrice }) => format.price(averagePrice),
    },
    {
      key: 'state',
      header: t('orders.state'),
      sort: ({ status }) => status,
      cell: ({ status }) => <StatePill state={status as OrderState} />,
    },
    {
      key: 'details',
      header: t('orders.details'),
      cell: (order) => (
        <button
          type="button"
          className="reasons small"
          aria-label={t('orders.show', { id: order.clientOrderId })}
          onClick={() => onSelect(order)}
        >
          <span className="more">{t('signals.more')}</span>
        </button>
      ),
    },
  ];
}
