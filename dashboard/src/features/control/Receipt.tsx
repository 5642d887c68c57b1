import { IconCircleCheck, IconLoader2 } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ReceiptAnswer } from '../../api/types.js';
import { useFormat } from '../../format/useFormat.js';
import { emergencyReason, stepText } from '../../i18n/server/index.js';

/** What an emergency stop did, step by step, in the order of the work. */
export function Receipt({ receipt }: { receipt: ReceiptAnswer }) {
  const { t } = useTranslation();
  const format = useFormat();
  const finished = receipt.finishedAt !== null;
  const cancelled = receipt.cancelledOrders.map(
    (order) => `${order.symbol} ${t(`purpose.${order.purpose as 'ENTRY'}`)}`,
  );
  const sold = receipt.liquidated.map(
    ({ symbol, quantity, averagePrice }) =>
      `${symbol} ${format.quantity(quantity)}${averagePrice ? ` @ ${format.price(averagePrice)}` : ''}`,
  );
  const left = receipt.positionsAfter.map(({ symbol, quantity }) => `${symbol} ${format.quantity(quantity)}`);
  const protection = receipt.protectiveOrders.map(
    ({ symbol, purpose, price }) => `${symbol} ${t(`purpose.${purpose as 'STOP'}`)} ${format.price(price)}`,
  );
  return (
    <section aria-label={t('receipt.title')} data-testid="receipt" data-finished={finished}>
      <div className="row between">
        <strong>{t(`trigger.${receipt.trigger}`)}</strong>
        <span className={`pill ${finished ? 'good' : 'attention'}`}>
          {finished ? t('receipt.finished') : t('receipt.working')}
        </span>
      </div>
      {receipt.reason && <p className="dim">{emergencyReason(receipt.reason)}</p>}
      <ol className="receipt" aria-live="polite">
        <Step done text={t('receipt.triggered')} time={format.time(receipt.triggeredAt)} />
        <Step done={receipt.haltedAt !== null} text={t('receipt.halted')} time={format.time(receipt.haltedAt)} />
        <Step
          done={finished || cancelled.length > 0}
          text={t('receipt.cancelled', { count: cancelled.length })}
          detail={list(cancelled)}
        />
        <Step
          done={finished || sold.length > 0}
          text={sold.length > 0 ? t('receipt.liquidated', { count: sold.length }) : t('receipt.nothingSold')}
          detail={list(sold)}
        />
        <Step done={finished} text={t('receipt.openOrders', { count: receipt.openOrdersAfter })} />
        <Step done={finished} text={t('receipt.positions', { count: left.length })} detail={list(left)} />
        <Step done={finished} text={t('receipt.protective', { count: protection.length })} detail={list(protection)} />
        <Step done={receipt.notified} text={receipt.notified ? t('receipt.notified') : t('receipt.notNotified')} />
        <Step
          done={finished}
          text={finished ? t('receipt.finished') : t('receipt.working')}
          time={format.time(receipt.finishedAt)}
        />
      </ol>
      <Narrative receipt={receipt} />
    </section>
  );
}

function Step({ done, text, detail, time }: { done: boolean; text: string; detail?: ReactNode; time?: string }) {
  return (
    <li>
      <span className={done ? 'up' : 'warn'} aria-hidden>
        {done ? <IconCircleCheck size={18} /> : <IconLoader2 size={18} />}
      </span>
      <div>
        {text}
        {detail}
      </div>
      <span className="dim small">{time}</span>
    </li>
  );
}

const list = (items: string[]) =>
  items.length === 0 ? null : <div className="dim small mono">{items.join(' · ')}</div>;

/** The engine's own words, with times, for whoever wants to follow it exactly. */
function Narrative({ receipt: { steps } }: { receipt: ReceiptAnswer }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (!steps || steps.length === 0) return null;
  return (
    <details>
      <summary className="small">{t('receipt.steps', { count: steps.length })}</summary>
      <ul className="small mono">
        {steps.map(({ at, text }) => (
          <li key={`${at} ${text}`}>
            {format.time(at)} {stepText(text)}
          </li>
        ))}
      </ul>
    </details>
  );
}
