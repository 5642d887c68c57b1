import { useTranslation } from 'react-i18next';
import { useStatus } from '../../api/queries.js';
import { Panel } from '../../components/Panel.js';
import { useFormat } from '../../format/useFormat.js';
import { Receipt } from './Receipt.js';

/** The last emergency's receipt, for as long as there is one. */
export function LastEmergency() {
  const { t } = useTranslation();
  const format = useFormat();
  const emergency = useStatus().data?.emergency;
  if (!emergency) return null;
  return (
    <Panel
      title={t('emergency.last')}
      aside={<span className="dim small">{format.dateTime(emergency.triggeredAt)}</span>}
    >
      <Receipt receipt={emergency} />
    </Panel>
  );
}
