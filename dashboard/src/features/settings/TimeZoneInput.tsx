import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { FieldProps } from './FieldInput.js';

const ZONES = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];

export function TimeZoneInput({ label, help, value, error, onChange }: FieldProps) {
  const { t } = useTranslation();
  return (
    <Select
      label={label}
      description={help}
      error={error}
      searchable
      limit={80}
      value={String(value)}
      onChange={onChange}
      data={ZONES.includes(String(value)) ? ZONES : [String(value), ...ZONES]}
      nothingFoundMessage={t('settings.noZone')}
    />
  );
}
