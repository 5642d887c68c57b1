import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { PageTitle, Panel } from '../../components/Panel.js';
import { BacktestForm } from './BacktestForm.js';
import { Report } from './Report.js';
import { RunList } from './RunList.js';
import type { RunKind } from './runs.js';

/** Runs strategies over past candles, one at a time or as a search over parameters, with the engine that trades live. */
export default function BacktestsPage() {
  const { t } = useTranslation();
  const [kind, setKind] = useState<RunKind>('backtests');
  const [selected, setSelected] = useState<string | null>(null);
  const choose = (value: RunKind) => {
    setKind(value);
    setSelected(null);
  };
  return (
    <div className="stack">
      <PageTitle title={t('nav.backtests')} text={t('backtests.intro')}>
        <SegmentedControl
          size="xs"
          aria-label={t('backtests.kind')}
          value={kind}
          onChange={(value) => choose(value as RunKind)}
          data={[
            { value: 'backtests', label: t('backtests.single') },
            { value: 'searches', label: t('backtests.search') },
          ]}
        />
      </PageTitle>
      <Panel title={t(`backtests.new.${kind}`)}>
        <BacktestForm key={kind} kind={kind} onStarted={setSelected} />
      </Panel>
      <Panel title={t(`backtests.list.${kind}`)}>
        <RunList kind={kind} selected={selected} onSelect={setSelected} />
      </Panel>
      {selected && <Report kind={kind} id={selected} />}
    </div>
  );
}
