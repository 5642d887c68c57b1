import { useTranslation } from 'react-i18next';
import type { TradingStatus } from '../../../../trading/types.js';

const LOOKS: Record<TradingStatus, string> = {
  RUNNING: 'good',
  REDUCING: 'attention',
  STOPPED: '',
  EMERGENCY_STOPPED: 'bad',
};

/** The status as a word with a colour; colour is never the only sign. */
export function StatusPill({ status }: { status: TradingStatus }) {
  const { t } = useTranslation();
  return (
    <span className={`pill ${LOOKS[status]}`}>
      <i className={status === 'RUNNING' ? 'dot pulse' : 'dot'} /> {t(`status.${status}`)}
    </span>
  );
}
