import { useTranslation } from 'react-i18next';
import { useMarket } from '../../api/queries.js';
import { Panel } from '../../components/Panel.js';
import { EmptyState, Loaded } from '../../components/states.js';
import { useFormat } from '../../format/useFormat.js';

/** What is unusual in the markets traded, and how old their data is. */
export function AnomaliesPanel() {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Panel title={t('anomalies.title')}>
      <Loaded query={useMarket()}>
        {({ items }) => {
          const anomalies = items.flatMap((item) => item.anomalies ?? []);
          if (anomalies.length === 0) return <EmptyState title={t('anomalies.none')} />;
          return (
            <ul className="plain-list">
              {anomalies.map((anomaly) => (
                <li key={`${anomaly.symbol} ${anomaly.code}`} className="row between">
                  <span>
                    <b>{anomaly.symbol}</b>{' '}
                    <span className="pill attention">{t(`anomalies.codes.${anomaly.code}`)}</span>
                  </span>
                  <span className="dim small">
                    {format.number(anomaly.actual)} {anomaly.unit} ({t('anomalies.limit')}{' '}
                    {format.number(anomaly.limit)} {anomaly.unit})
                  </span>
                </li>
              ))}
            </ul>
          );
        }}
      </Loaded>
    </Panel>
  );
}
