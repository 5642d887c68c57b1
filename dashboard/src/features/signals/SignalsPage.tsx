import { NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SIGNAL_TYPES } from '../../../../trading/types.js';
import { useConfig, useSignals } from '../../api/queries.js';
import { DataTable } from '../../components/DataTable.js';
import { PageTitle, Panel } from '../../components/Panel.js';
import { EmptyState, Loaded } from '../../components/states.js';
import type { SignalEntry } from '../../api/types.js';
import { SignalDetails } from './SignalDetails.js';
import { ModelPanel } from './ModelPanel.js';
import { useSignalColumns } from './useSignalColumns.js';

/** What the strategies and the model said, why, and what became of it. */
export default function SignalsPage() {
  const { t } = useTranslation();
  const symbols = useConfig().data?.symbols ?? [];
  const [symbol, setSymbol] = useState('');
  const [type, setType] = useState('');
  const signals = useSignals({ symbol, limit: 500 });
  const [selected, setSelected] = useState<SignalEntry | null>(null);
  const columns = useSignalColumns(setSelected);
  const types = [
    { value: '', label: t('signals.allTypes') },
    ...SIGNAL_TYPES.map((value) => ({ value, label: t(`signalType.${value}`) })),
  ];
  return (
    <div className="stack">
      <PageTitle title={t('nav.signals')} text={t('signals.intro')}>
        <NativeSelect
          size="xs"
          aria-label={t('common.symbol')}
          value={symbol}
          onChange={(event) => setSymbol(event.currentTarget.value)}
          data={[{ value: '', label: t('common.allSymbols') }, ...symbols]}
        />
        <NativeSelect
          size="xs"
          aria-label={t('signals.type')}
          value={type}
          onChange={(event) => setType(event.currentTarget.value)}
          data={types}
        />
      </PageTitle>
      <Panel title={t('signals.title')}>
        <Loaded query={signals} lines={8}>
          {({ items }) => (
            <DataTable
              label={t('signals.title')}
              maxHeight={620}
              columns={columns}
              rowKey={({ id }) => id}
              rows={items.filter(({ signalType }) => type === '' || signalType === type)}
              empty={<EmptyState title={t('signals.none')} text={t('signals.noneText')} />}
            />
          )}
        </Loaded>
      </Panel>
      <ModelPanel />
      <SignalDetails signal={selected} onClose={() => setSelected(null)} />
    </div>
  );
}
