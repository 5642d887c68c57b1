import { useTranslation } from 'react-i18next';
import type { OrderState } from '../../../../trading/orders/states.js';

const LOOKS: Readonly<Record<OrderState, string>> = {
  INTENT: '',
  SUBMITTING: 'attention',
  ACKNOWLEDGED: 'accent',
  PARTIALLY_FILLED: 'accent',
  FILLED: 'good',
  CANCELLED: '',
  EXPIRED: '',
  REJECTED: 'bad',
  UNKNOWN: 'attention',
  ABANDONED: '',
  SHADOW: '',
};

/** An order's state by its name; the state's code is the tooltip. */
export function StatePill({ state }: { state: OrderState }) {
  const { t } = useTranslation();
  return (
    <span className={`pill ${LOOKS[state]}`} title={state}>
      {t(`orderState.${state}`)}
    </span>
  );
}
