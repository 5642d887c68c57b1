import { useTranslation } from 'react-i18next';
import type { OrderState } from '../../../../trading/orders/states.js';
import type { OrderEntry } from '../../api/types.js';
import { Link } from '../../app/router.js';
import { DetailsDialog } from '../../components/DetailsDialog.js';
import { useFormat } from '../../format/useFormat.js';
import { evidenceText } from '../../i18n/server/index.js';
import { PositionLine } from './PositionLine.js';
import { StatePill } from './StatePill.js';

/** One order whole: its figures, the position or trade it belongs to, and what showed each of its states. */
export function OrderDetails({ order, onClose }: { order: OrderEntry | null; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <DetailsDialog of={order} title={t('orders.one')} onClose={onClose}>
      {(order) => (
        <div className="stack">
          <p className="row">
            <b>{order.symbol}</b>
            <span className={order.side === 'BUY' ? 'up' : 'down'}>{t(`signalType.${order.side}`)}</span>
            <span>{t(`purpose.${order.purpose}`)}</span>
            <span className="mono small">{order.type}</span>
            <StatePill state={order.status as OrderState} />
          </p>
          <Facts order={order} />
          {order.positionId && (
            <section aria-label={t('orders.position')} className="stack tight">
              <h3>{t('orders.position')}</h3>
              <PositionLine positionId={order.positionId} />
              <Link to={`/orders/${encodeURIComponent(order.positionId)}`} onFollow={onClose}>
                {t('orders.ofPosition')}
              </Link>
            </section>
          )}
          <Life order={order} />
        </div>
      )}
    </DetailsDialog>
  );
}

function Facts({ order }: { order: OrderEntry }) {
  const { t } = useTranslation();
  const format = useFormat();
  const facts: [string, string][] = [
    [t('orders.filled'), `${format.quantity(order.filledQuantity)} / ${format.quantity(order.quantity)}`],
    [t('orders.limit'), format.price(order.price)],
    [t('orders.trigger'), format.price(order.stopPrice)],
    [t('orders.average'), format.price(order.averagePrice)],
    [t('trades.fees'), format.number(order.fees, 6)],
    [t('orders.venue'), t(`mode.${order.mode}`)],
    [t('orders.placed'), format.dateTime(order.createdAt)],
    [t('orders.changed'), format.dateTime(order.updatedAt)],
    [t('orders.id'), order.clientOrderId],
    [t('orders.exchangeId'), order.exchangeOrderId ?? '–'],
  ];
  return (
    <dl className="order-facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Each state with its time and its evidence; the same state again is news of the same. */
function Life({ order: { transitions } }: { order: OrderEntry }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <section aria-label={t('orders.life')} className="stack tight">
      <h3>{t('orders.life')}</h3>
      <ol className="order-life">
        {transitions.map(({ at, to, evidence }, index) => (
          // Entries are only ever added at the end.
          <li key={index}>
            <span className="dim small nowrap">{format.stamp(at)}</span>
            <StatePill state={to as OrderState} />
            <span className="small">{evidenceText(evidence)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
