import { Checkbox, Switch } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { CHANNELS } from '../../../../trading/types.js';
import { get } from '../../api/client.js';
import type { NotificationSettings as Settings } from '../../api/types.js';
import { Panel } from '../../components/Panel.js';
import { Loaded } from '../../components/states.js';
import { Channels } from './Channels.js';
import { NotificationRoutes } from './NotificationRoutes.js';
import { QuietHours } from './QuietHours.js';
import { PATH, useSaveNotifications } from './useSaveNotifications.js';
import { TestButton } from '../notifications/TestButton.js';

/** What is told, and through which channels. */
export default function NotificationSettings() {
  const { t } = useTranslation();
  const settings = useQuery({ queryKey: ['notificationSettings'], queryFn: () => get<Settings>(PATH) });
  return (
    <Loaded query={settings} lines={8}>
      {(view) => (
        <div className="stack">
          <Panel title={t('notifications.settings')} aside={<TestButton />}>
            <Switches settings={view} />
          </Panel>
          <Panel title={t('notifications.routes')}>
            <NotificationRoutes settings={view} />
          </Panel>
          <Channels settings={view} />
        </div>
      )}
    </Loaded>
  );
}

function Switches({ settings }: { settings: Settings }) {
  const { t } = useTranslation();
  const save = useSaveNotifications();
  const names = ['enabled', 'tradeNotifications', 'errorNotifications'] as const;
  return (
    <div className="stack">
      {names.map((name) => (
        <Switch
          key={name}
          label={t(`notifications.switch.${name}`)}
          checked={settings[name]}
          onChange={(event) => void save({ [name]: event.currentTarget.checked })}
        />
      ))}
      <Checkbox.Group
        label={t('notifications.channels')}
        value={settings.channels}
        onChange={(channels) => void save({ channels })}
      >
        <div className="row" style={{ paddingTop: 8, gap: 18 }}>
          {CHANNELS.map((channel) => (
            <Checkbox key={channel} value={channel} label={t(`channel.${channel}`)} />
          ))}
        </div>
      </Checkbox.Group>
      <QuietHours settings={settings} />
    </div>
  );
}
