import { Button, NativeSelect, NumberInput, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { STRATEGIES, type StrategyName } from '../../../../trading/signals/registry.js';
import { TIMEFRAME_MS } from '../../../../trading/types.js';
import { post } from '../../api/client.js';
import { useConfig } from '../../api/queries.js';
import type { RunEntry } from '../../api/types.js';
import { ErrorState } from '../../components/states.js';
import { useTell } from '../../components/useErrorText.js';
import { toNumber } from '../../format/format.js';
import { Parameters } from './Parameters.js';
import { INITIAL, requestOf, type RunForm } from './request.js';
import type { RunKind } from './runs.js';

const NUMBERS = ['cash', 'sizePct', 'feePct', 'slippagePct', 'stopLossPct', 'takeProfitPct'] as const;

/** What to run: market, time, strategy and its parameters, costs and exits. */
export function BacktestForm({ kind, onStarted }: { kind: RunKind; onStarted: (id: string) => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const tell = useTell();
  const config = useConfig().data;
  const [form, setForm] = useState<RunForm>(INITIAL);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const set = (changes: Partial<RunForm>) => setForm({ ...form, ...changes });
  const symbols = config?.symbols ?? [];
  const symbol = form.symbol || symbols[0] || '';
  const text = (field: 'symbol' | 'timeframe' | 'from' | 'to') => (event: { currentTarget: { value: string } }) =>
    set({ [field]: event.currentTarget.value });
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const run = await post<RunEntry>(`/api/${kind}`, requestOf(kind, { ...form, symbol }));
      tell.done(t('backtests.started'));
      onStarted(run.id);
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
    await client.invalidateQueries({ queryKey: [kind] });
  };
  return (
    <form className="stack" onSubmit={(event) => void submit(event)}>
      <div className="grid" style={{ ['--min' as string]: '180px' }}>
        <NativeSelect
          label={t('backtests.strategy')}
          value={form.strategy}
          data={(Object.keys(STRATEGIES) as StrategyName[]).map((value) => ({ value, label: t(`strategy.${value}`) }))}
          onChange={(event) => set({ strategy: event.currentTarget.value as StrategyName, params: {} })}
        />
        <NativeSelect label={t('common.symbol')} value={symbol} data={symbols} onChange={text('symbol')} />
        <NativeSelect
          label={t('common.timeframe')}
          value={form.timeframe}
          data={Object.keys(TIMEFRAME_MS)}
          onChange={text('timeframe')}
        />
        <TextInput type="date" label={t('backtests.from')} value={form.from} onChange={text('from')} />
        <TextInput type="date" label={t('backtests.to')} value={form.to} onChange={text('to')} />
        {NUMBERS.map((name) => (
          <NumberInput
            key={name}
            label={t(`backtests.fields.${name}`)}
            value={form[name]}
            min={0}
            onChange={(value) => set({ [name]: toNumber(value) ?? 0 })}
          />
        ))}
      </div>
      <p className="dim small">
        {t('backtests.from')}, {t('backtests.to')}: {t('backtests.whole')}
      </p>
      <Parameters kind={kind} strategy={form.strategy} values={form.params} onChange={(params) => set({ params })} />
      {error !== null && <ErrorState error={error} />}
      <Button type="submit" loading={busy} style={{ alignSelf: 'flex-start' }}>
        {t(`backtests.run.${kind}`)}
      </Button>
    </form>
  );
}
