import { useTranslation } from 'react-i18next';
import { Panel } from '../../components/Panel.js';
import { type PartHealth, useHealth } from './useHealth.js';

const LOOKS = { ok: 'good', down: 'bad', unknown: '' } as const;

/** Whether the exchange, the worker, the database and Temporal answer. */
export function HealthPanel() {
  const { t } = useTranslation();
  return (
    <Panel title={t('health.title')}>
      <ul className="plain-list">
        {useHealth().map(({ name, state, detail }: PartHealth) => (
          <li key={name} className="row between">
            <span>{t(`health.parts.${name}`)}</span>
            <span className="row">
              <span className="dim small">{detail}</span>
              <span className={`pill ${LOOKS[state]}`}>
                <i className="dot" /> {t(`health.${state}`)}
              </span>
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
