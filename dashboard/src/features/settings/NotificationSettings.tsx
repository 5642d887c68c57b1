import { Button, Checkbox, PasswordInput, Switch, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CHANNELS } from '../../../../trading/types.js';
import { get, post, put } from '../../api/client.js';
import type { NotificationSettings as Settings } from '../../api/types.js';
import { Panel } from '../../components/Panel.js';
import { Loaded } from '../../components/states.js';
import { useTell } from '../../components/useErrorText.js';
import { TestButton } from '../notifications/TestButton.js';

const PATH = '/api/notifications/settings';

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
          <div className="grid" style={{ ['--min' as string]: '320px' }}>
            <EmailPanel settings={view} />
            <DiscordPanel settings={view} />
            <TelegramPanel settings={view} />
          </div>
        </div>
      )}
    </Loaded>
  );
}

/** Sends one change and shows what the server then holds. */
function useSave() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const tell = useTell();
  return (changes: object, path = PATH) =>
    (path === PATH ? put(path, changes) : post(path, changes))
      .then(() => tell.done(t('settings.savedNow')), tell.failed)
      .finally(() => client.invalidateQueries({ queryKey: ['notificationSettings'] }));
}

function Switches({ settings }: { settings: Settings }) {
  const { t } = useTranslation();
  const save = useSave();
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
    </div>
  );
}

function EmailPanel({ settings: { email } }: { settings: Settings }) {
  const { t } = useTranslation();
  const save = useSave();
  const [address, setAddress] = useState(email?.address ?? '');
  const [code, setCode] = useState('');
  return (
    <Panel
      title={t('channel.email')}
      aside={
        email?.address && (
          <span className={`pill ${email.verified ? 'good' : 'attention'}`}>
            {email.verified ? t('notifications.verified') : t('notifications.notVerified')}
          </span>
        )
      }
    >
      <div className="stack">
        <TextInput
          label={t('notifications.address')}
          type="email"
          value={address}
          onChange={(event) => setAddress(event.currentTarget.value)}
        />
        <Button variant="default" onClick={() => void save({ email: address })} style={{ alignSelf: 'flex-start' }}>
          {t('common.save')}
        </Button>
        {email?.address && !email.verified && (
          <div className="row bottom">
            <TextInput
              label={t('notifications.code')}
              value={code}
              onChange={(event) => setCode(event.currentTarget.value)}
            />
            <Button
              variant="default"
              disabled={code === ''}
              onClick={() => void save({ code }, '/api/notifications/verify')}
            >
              {t('notifications.verify')}
            </Button>
          </div>
        )}
      </div>
    </Panel>
  );
}

function DiscordPanel({ settings: { discord } }: { settings: Settings }) {
  const { t } = useTranslation();
  const save = useSave();
  const [webhook, setWebhook] = useState('');
  return (
    <Panel
      title={t('channel.discord')}
      aside={discord?.configured && <span className="pill good">{t('notifications.configured')}</span>}
    >
      <div className="stack">
        <PasswordInput
          label={t('notifications.webhook')}
          description={t('notifications.webhookHelp')}
          autoComplete="off"
          value={webhook}
          onChange={(event) => setWebhook(event.currentTarget.value)}
        />
        <Button
          variant="default"
          disabled={webhook === ''}
          style={{ alignSelf: 'flex-start' }}
          onClick={() => void save({ discordWebhookUrl: webhook }).then(() => setWebhook(''))}
        >
          {t('common.save')}
        </Button>
      </div>
    </Panel>
  );
}

function TelegramPanel({ settings: { telegram } }: { settings: Settings }) {
  const { t } = useTranslation();
  const save = useSave();
  const [token, setToken] = useState('');
  const [chat, setChat] = useState('');
  return (
    <Panel
      title={t('channel.telegram')}
      aside={telegram?.configured && <span className="pill good">{t('notifications.configured')}</span>}
    >
      <div className="stack">
        <PasswordInput
          label={t('notifications.botToken')}
          autoComplete="off"
          value={token}
          onChange={(event) => setToken(event.currentTarget.value)}
        />
        <TextInput
          label={t('notifications.chatId')}
          value={chat}
          onChange={(event) => setChat(event.currentTarget.value)}
        />
        <Button
          variant="default"
          disabled={token === '' || chat === ''}
          style={{ alignSelf: 'flex-start' }}
          onClick={() => void save({ telegramBotToken: token, telegramChatId: chat }).then(() => setToken(''))}
        >
          {t('common.save')}
        </Button>
      </div>
    </Panel>
  );
}
