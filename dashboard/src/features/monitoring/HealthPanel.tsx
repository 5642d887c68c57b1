import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Panel } from '../../components/Panel.js';
import { Loaded } from '../../components/states.js';
import { readHealth } from './health.js';

/** Whether the exchange, the worker, the database and Temporal answer. */
export function HealthPanel() {
  const { t } = useTranslation();
  const health = useQuery({ queryKey: ['health'], queryFn: readHealth, refetchInterval: 5_000 });
  return (
    <Panel title={t('health.title')}>
      <Loaded query={health}>
        {(parts) => (
          <ul className="plain-list">
            {parts.map(({ name, ok, detail }) => (
              <li key={name} className="row between">
                <span>{t(`health.parts.${name}`)}</span>
                <span className="row">
                  <span className="dim small">{detail}</span>
                  <span className={`pill ${ok ? 'good' : 'bad'}`}>
                    <i className="dot" /> {ok ? t('health.ok') : t('health.down')}
                  </span>
                </span>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Panel>
  );
}
