import { Button, Switch, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useConfig } from '../../api/queries.js';
import type { NotificationSettings as Settings } from '../../api/types.js';
import { useSaveNotifications } from './useSaveNotifications.js';

const USUAL = { from: '22:00', to: '07:00' };

/** When only what can't wait is sent. Times of day in the user's time zone. */
export function QuietHours({ settings: { quietHours } }: { settings: Settings }) {
  const { t } = useTranslation();
  const save = useSaveNotifications();
  const zone = useConfig().data?.timeZone ?? 'UTC';
  const [hours, setHours] = useState(quietHours ?? USUAL);
  const changed = quietHours !== null && (hours.from !== quietHours.from || hours.to !== quietHours.to);
  return (
    <div className="stack tight">
      <Switch
        label={t('notifications.quiet.label')}
        description={t('notifications.quiet.help')}
        checked={quietHours !== null}
        onChange={(event) => void save({ quietHours: event.currentTarget.checked ? hours : null })}
      />
      {quietHours !== null && (
        <div className="row bottom">
          {(['from', 'to'] as const).map((side) => (
            <TextInput
              key={side}
              type="time"
              label={t(`notifications.quiet.${side}`)}
              value={hours[side]}
              onChange={(event) => setHours({ ...hours, [side]: event.currentTarget.value })}
            />
          ))}
          <Button
            variant="default"
            disabled={!changed || hours.from === '' || hours.to === ''}
            onClick={() => void save({ quietHours: hours })}
          >
            {t('common.save')}
          </Button>
          <span className="dim small">{t('notifications.quiet.zone', { zone })}</span>
        </div>
      )}
    </div>
  );
}
