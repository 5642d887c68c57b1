import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { get } from '../../api/client.js';
import type { ModelEntry } from '../../api/types.js';
import { Panel, Stat } from '../../components/Panel.js';
import { EmptyState, Loaded } from '../../components/states.js';
import { useFormat } from '../../format/useFormat.js';
import { ReliabilityCurve } from './ReliabilityCurve.js';

/** The model in use: how good its probabilities are on candles that it never saw. */
export function ModelPanel() {
  const { t } = useTranslation();
  const models = useQuery({ queryKey: ['models'], queryFn: () => get<{ items: ModelEntry[] }>('/api/models') });
  return (
    <Panel title={t('model.title')}>
      <Loaded query={models}>
        {({ items }) => {
          const inUse = items.find((model) => model.inUse);
          return inUse ? (
            <ModelReport model={inUse} />
          ) : (
            <EmptyState title={t('model.none')} text={t('model.noneText')} />
          );
        }}
      </Loaded>
    </Panel>
  );
}

function ModelReport({ model }: { model: ModelEntry }) {
  const { t } = useTranslation();
  const format = useFormat();
  const test = model.report?.test;
  const figures = ['auc', 'brier', 'brierSkill', 'brierSkillVsVolatility', 'ece', 'baseRate'] as const;
  return (
    <div className="two">
      <div className="stack tight">
        <p>
          <span className="mono">{model.version}</span>{' '}
          <span className="dim small">{format.dateTime(model.createdAt)}</span>
        </p>
        <dl className="grid small-cells">
          {figures.map((figure) => (
            <Stat
              key={figure}
              label={t(`model.figures.${figure}`)}
              value={format.number(test?.[figure], 4)}
              note={t(`model.help.${figure}`)}
            />
          ))}
        </dl>
      </div>
      {model.report?.reliability && model.report.reliability.length > 0 && (
        <ReliabilityCurve points={model.report.reliability} />
      )}
    </div>
  );
}
