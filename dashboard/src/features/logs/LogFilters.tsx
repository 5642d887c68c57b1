import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { LOG_COMPONENTS, LOG_LEVELS } from '../../../../trading/types.js';
import { EMPTY_FILTER, type LogFilter } from './filter.js';

export function LogFilters({ filter, onChange }: { filter: LogFilter; onChange: (filter: LogFilter) => void }) {
  const { t } = useTranslation();
  const set = (field: keyof LogFilter) => (event: { currentTarget: { value: string } }) =>
    onChange({ ...filter, [field]: event.currentTarget.value });
  const all = { value: '', label: t('common.all') };
  const levels = [all, ...LOG_LEVELS.map((value) => ({ value, label: t(`logLevel.${value}`) }))];
  const components = [all, ...LOG_COMPONENTS.map((value) => ({ value, label: t(`logComponent.${value}`) }))];
  return (
    <form
      className="log-filters"
      role="search"
      aria-label={t('logs.filters')}
      onSubmit={(event) => event.preventDefault()}
    >
      <NativeSelect size="xs" label={t('logs.level')} data={levels} value={filter.level} onChange={set('level')} />
      <NativeSelect
        size="xs"
        label={t('logs.component')}
        data={components}
        value={filter.component}
        onChange={set('component')}
      />
      <TextInput size="xs" type="search" label={t('logs.text')} value={filter.text} onChange={set('text')} />
      <TextInput size="xs" type="datetime-local" label={t('logs.from')} value={filter.from} onChange={set('from')} />
      <TextInput size="xs" type="datetime-local" label={t('logs.to')} value={filter.to} onChange={set('to')} />
      <Button size="xs" variant="default" onClick={() => onChange(EMPTY_FILTER)}>
        {t('logs.clear')}
      </Button>
    </form>
  );
}
