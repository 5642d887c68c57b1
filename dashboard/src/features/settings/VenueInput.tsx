import { Radio } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { FieldProps } from './FieldInput.js';

/** Paper or live, with what live asks for before the server accepts it. */
export function VenueInput({ label, help, value, error, onChange }: FieldProps) {
  const { t } = useTranslation();
  return (
    <Radio.Group
      className="wide-field"
      label={label}
      description={help}
      error={error}
      value={String(value)}
      onChange={onChange}
    >
      <div className="row" style={{ paddingTop: 8 }}>
        <Radio value="paper" label={t('config.mode.paper')} />
        <Radio value="live" label={t('config.mode.live')} color="red" />
      </div>
    </Radio.Group>
  );
}
