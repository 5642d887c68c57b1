import { NativeSelect, NumberInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { DescribedSwitch } from '../../components/Described.js';
import type { Field, FieldPath } from './fields.js';
import { SymbolsInput } from './SymbolsInput.js';
import { TimeZoneInput } from './TimeZoneInput.js';
import { useEffectText } from './useEffectText.js';
import { VenueInput } from './VenueInput.js';

export interface FieldProps {
  label: string;
  help: ReactNode;
  value: unknown;
  error?: string;
  onChange: (value: unknown) => void;
}

interface FieldInputProps {
  field: Field;
  value: unknown;
  error?: string;
  onChange: (value: unknown) => void;
}

/** The control that fits a setting, with its name, its explanation and what its value means for this account. */
export function FieldInput({ field, value, error, onChange }: FieldInputProps) {
  const { t } = useTranslation();
  const effectText = useEffectText();
  const path = field.path as FieldPath;
  const label = t(`config.${path}.label`);
  const effect = error ? null : effectText(path, value);
  const help = (
    <>
      {t(`config.${path}.help`)} {effect && <span className="effect">{effect}</span>}
    </>
  );
  const shared: FieldProps = { label, help, value, error, onChange };
  switch (field.kind) {
    case 'number':
      return (
        <NumberInput
          label={label}
          description={help}
          error={error}
          value={value as number | string}
          onChange={onChange}
          suffix={field.unit ? ` ${field.unit}` : ''}
          decimalScale={field.integer ? 0 : 8}
          allowNegative={false}
        />
      );
    case 'choice':
      return (
        <NativeSelect
          label={label}
          description={help}
          error={error}
          value={String(value)}
          onChange={(event) => onChange(event.currentTarget.value)}
          data={field.choices.map((choice) => ({
            value: choice,
            label: field.path === 'timeframe' ? choice : t(`choices.${choice as 'MODERATE'}`),
          }))}
        />
      );
    case 'switch':
      return (
        <DescribedSwitch
          label={label}
          help={help}
          error={error}
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case 'symbols':
      return <SymbolsInput {...shared} />;
    case 'timeZone':
      return <TimeZoneInput {...shared} />;
    case 'venue':
      return <VenueInput {...shared} />;
  }
}
