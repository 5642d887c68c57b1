import { NumberInput, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { STRATEGIES, type StrategyName } from '../../../../trading/signals/registry.js';
import type { ParameterSpec } from '../../../../trading/signals/strategy.js';
import { parameterText } from '../../i18n/server/index.js';
import type { RunKind } from './runs.js';

interface ParametersProps {
  kind: RunKind;
  strategy: StrategyName;
  /** As typed: one number for a backtest, several with commas for a search. */
  values: Record<string, string>;
  onChange: (values: Record<string, string>) => void;
}

/** The strategy's own parameters with their bounds, read from the same registry that the engine uses. */
export function Parameters({ kind, strategy, values, onChange }: ParametersProps) {
  const { t } = useTranslation();
  const specs: [string, ParameterSpec][] = Object.entries(STRATEGIES[strategy].parameters);
  if (specs.length === 0) return null;
  return (
    <fieldset className="parameters">
      <legend>{t('backtests.parameters')}</legend>
      {kind === 'searches' && <p className="dim small">{t('backtests.listHelp')}</p>}
      <div className="grid" style={{ ['--min' as string]: '180px' }}>
        {specs.map(([name, spec]) => {
          const help = t('backtests.bounds', { min: spec.min, max: spec.max, usual: spec.default });
          const shared = { label: name, description: `${parameterText(strategy, name, spec.meaning)} (${help})` };
          return kind === 'searches' ? (
            <TextInput
              key={name}
              {...shared}
              value={values[name] ?? ''}
              placeholder={String(spec.default)}
              onChange={(event) => onChange({ ...values, [name]: event.currentTarget.value })}
            />
          ) : (
            <NumberInput
              key={name}
              {...shared}
              value={values[name] ?? spec.default}
              onChange={(value) => onChange({ ...values, [name]: String(value) })}
            />
          );
        })}
      </div>
    </fieldset>
  );
}
