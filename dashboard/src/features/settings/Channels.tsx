import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { NotificationSettings as Settings } from '../../api/types.js';
import { Panel } from '../../components/Panel.js';
import { useSaveNotifications as useSave, VERIFY } from './useSaveNotifications.js';

/** Where messages go beside the dashboard. What was entered before is never shown again. */
export function Channels({ settings }: { settings: Settings }) {
  return (
    <div className="grid" style={{ ['--min' as string]: '320px' }}>
      <EmailPanel settings={settings} />
      <DiscordPanel settings={settings} />
      <TelegramPanel settings={settings} />
    </div>
  );
}

function EmailPanel({ settings: { email } }: { settings: Settings }) {
  const { t } = useTranslation();
  const save = useSave();
  const [address, setAddress] = useState(email.address ?? '');
  const [code, setCode] = useState('');
  const state = email.address !== null && (
    <span className={`pill ${email.verified ? 'good' : 'attention'}`}>
      {email.verified ? t('notifications.verified') : t('notifications.notVerified')}
    </span>
  );
  return (
    <Panel title={t('channel.email')} aside={state}>
      <div className="stack">
        <TextInput
          label={t('notifications.address')}
          type="email"
          value={address}
          onChange={(event) => setAddress(event.currentTarget.value)}
        />
        <div className="row">
          <Button variant="default" disabled={address === ''} onClick={() => void save({ email: address })}>
            {t('common.save')}
          </Button>
          {email.address !== null && !email.verified && (
            <Button variant="default" onClick={() => void save({}, VERIFY, t('notifications.codeSent'))}>
              {t('notifications.sendCode')}
            </Button>
          )}
        </div>
        {email.address !== null && !email.verified && (
          <div className="row bottom">
            <TextInput
              label={t('notifications.code')}
              value={code}
              onChange={(event) => setCode(event.currentTarget.value)}
            />
            <Button variant="default" disabled={code === ''} onClick={() => void save({ code }, VERIFY)}>
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
    <Panel title={t('channel.discord')} aside={<Configured channel={discord} />}>
      <div className="stack">
        <TextInput
          type="password"
          label={t('notifications.webhook')}
          description={t('notifications.webhookHelp')}
          autoComplete="off"
          value={webhook}
          onChange={(event) => setWebhook(event.currentTarget.value)}
        />
        <SaveOrRemove
          ready={webhook !== ''}
          stored={discord.configured}
          save={() => void save({ discordWebhookUrl: webhook }).then(() => setWebhook(''))}
          remove={() => void save({ discordWebhookUrl: null })}
        />
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
    <Panel title={t('channel.telegram')} aside={<Configured channel={telegram} />}>
      <div className="stack">
        <TextInput
          type="password"
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
        <SaveOrRemove
          ready={token !== '' && chat !== ''}
          stored={telegram.configured}
          save={() => void save({ telegramBotToken: token, telegramChatId: chat }).then(() => setToken(''))}
          remove={() => void save({ telegramBotToken: null, telegramChatId: null })}
        />
      </div>
    </Panel>
  );
}

function Configured({ channel }: { channel: { configured: boolean; hint: string | null } }) {
  const { t } = useTranslation();
  if (!channel.configured) return null;
  return (
    <span className="pill good">
      {t('notifications.configured')} {channel.hint}
    </span>
  );
}

interface SaveOrRemoveProps {
  ready: boolean;
  stored: boolean;
  save: () => void;
  remove: () => void;
}

function SaveOrRemove({ ready, stored, save, remove }: SaveOrRemoveProps) {
  const { t } = useTranslation();
  return (
    <div className="row">
      <Button variant="default" disabled={!ready} onClick={save}>
        {t('common.save')}
      </Button>
      {stored && (
        <Button variant="default" onClick={remove}>
          {t('notifications.remove')}
        </Button>
      )}
    </div>
  );
}
