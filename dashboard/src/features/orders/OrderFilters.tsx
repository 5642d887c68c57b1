import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ORDER_STATES } from '../../../../trading/orders/states.js';
import { ORDER_PURPOSES } from '../../../../trading/types.js';
import { useConfig } from '../../api/queries.js';
import { EMPTY_FILTER, type OrderFilter } from './filter.js';

export function OrderFilters({ filter, onChange }: { filter: OrderFilter; onChange: (filter: OrderFilter) => void }) {
  const { t } = useTranslation();
  const symbols = useConfig().data?.symbols ?? [];
  const of = (field: keyof OrderFilter) => ({
    size: 'xs' as const,
    value: filter[field],
    onChange: (event: { currentTarget: { value: string } }) =>
      onChange({ ...filter, [field]: event.currentTarget.value }),
  });
  const all = { value: '', label: t('common.all') };
  const states = ORDER_STATES.map((value) => ({ value, label: t(`orderState.${value}`) }));
  const purposes = ORDER_PURPOSES.map((value) => ({ value, label: t(`purpose.${value}`) }));
  const sides = (['BUY', 'SELL'] as const).map((value) => ({ value, label: t(`signalType.${value}`) }));
  return (
    <form
      className="order-filters"
      role="search"
      aria-label={t('orders.filters')}
      onSubmit={(event) => event.preventDefault()}
    >
      <NativeSelect label={t('common.symbol')} data={[all, ...symbols]} {...of('symbol')} />
      <NativeSelect label={t('orders.state')} data={[all, ...states]} {...of('status')} />
      <NativeSelect label={t('orders.purpose')} data={[all, ...purposes]} {...of('purpose')} />
      <NativeSelect label={t('orders.side')} data={[all, ...sides]} {...of('side')} />
      <TextInput type="search" label={t('orders.text')} {...of('text')} />
      <TextInput type="datetime-local" label={t('logs.from')} {...of('from')} />
      <TextInput type="datetime-local" label={t('logs.to')} {...of('to')} />
      <Button size="xs" variant="default" onClick={() => onChange(EMPTY_FILTER)}>
        {t('logs.clear')}
      </Button>
    </form>
  );
}
