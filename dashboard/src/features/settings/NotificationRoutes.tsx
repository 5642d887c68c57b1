import { Button, Checkbox } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { CHANNELS, type ChannelName, NOTIFICATION_TYPES, type NotificationType } from '../../../../trading/types.js';
import type { NotificationSettings as Settings } from '../../api/types.js';
import '../../components/table.css';
import { useSaveNotifications } from './useSaveNotifications.js';

/** Which type goes through which channel. A type that was never changed here follows the channels above. */
export function NotificationRoutes({ settings: { channels, routes } }: { settings: Settings }) {
  const { t } = useTranslation();
  const save = useSaveNotifications();
  const toggle = (type: NotificationType, channel: ChannelName, on: boolean) => {
    const before = new Set(routes[type] ?? channels);
    if (on) before.add(channel);
    else before.delete(channel);
    void save({ routes: { ...routes, [type]: CHANNELS.filter((each) => before.has(each)) } });
  };
  const follow = (type: NotificationType) => {
    const { [type]: _own, ...others } = routes;
    void save({ routes: others });
  };
  return (
    <div className="table-scroll">
      <table className="data" aria-label={t('notifications.routes')}>
        <thead>
          <tr>
            <th scope="col">{t('notifications.type')}</th>
            {CHANNELS.map((channel) => (
              <th scope="col" key={channel}>
                {t(`channel.${channel}`)}
              </th>
            ))}
            <th scope="col">
              <span className="visually-hidden">{t('notifications.follow')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {NOTIFICATION_TYPES.map((type) => (
            <tr key={type}>
              <th scope="row">{t(`notificationType.${type}`)}</th>
              {CHANNELS.map((channel) => {
                // An emergency is kept for the dashboard whatever is chosen.
                const always = type === 'EMERGENCY_STOP' && channel === 'dashboard';
                return (
                  <td key={channel}>
                    <Checkbox
                      aria-label={`${t(`notificationType.${type}`)}: ${t(`channel.${channel}`)}`}
                      checked={always || (routes[type] ?? channels).includes(channel)}
                      disabled={always}
                      onChange={(event) => toggle(type, channel, event.currentTarget.checked)}
                    />
                  </td>
                );
              })}
              <td>
                {routes[type] !== undefined && (
                  <Button size="compact-xs" variant="subtle" onClick={() => follow(type)}>
                    {t('notifications.follow')}
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
