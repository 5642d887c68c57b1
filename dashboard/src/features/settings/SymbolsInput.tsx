import { MultiSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { get } from '../../api/client.js';
import type { FieldProps } from './FieldInput.js';

/** Search among what the exchange lists. */
export function SymbolsInput({ label, help, value, error, onChange }: FieldProps) {
  const { t } = useTranslation();
  const symbols = useQuery({
    queryKey: ['symbols'],
    staleTime: 300_000,
    queryFn: () =>
      get<{ items: { symbol: string }[] }>('/api/symbols').then(({ items }) => items.map(({ symbol }) => symbol)),
  });
  const chosen = Array.isArray(value) ? value.map(String) : [];
  return (
    <MultiSelect
      className="wide-field"
      label={label}
      description={help}
      error={error}
      searchable
      limit={60}
      hidePickedOptions
      value={chosen}
      onChange={onChange}
      data={[...new Set([...chosen, ...(symbols.data ?? [])])]}
      placeholder={t('settings.searchSymbols')}
      nothingFoundMessage={t('settings.noSymbol')}
    />
  );
}
