import { ActionIcon, NativeSelect, useMantineColorScheme } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { IconMenu2, IconMoon, IconSun, IconUser } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { patch } from '../api/client.js';
import { keys, useStatus } from '../api/queries.js';
import type { User } from '../api/types.js';
import { StatusPill } from '../features/control/StatusPill.js';
import { changeLanguage, LANGUAGES, type Language } from '../i18n/index.js';
import { useStreamState } from '../stream/StreamProvider.js';
import { Link } from './router.js';

export function TopBar({ user, openMenu }: { user: User; openMenu: () => void }) {
  const { t } = useTranslation();
  const status = useStatus();
  return (
    <header className="topbar">
      <ActionIcon className="phone-only" variant="subtle" color="gray" onClick={openMenu} aria-label={t('nav.open')}>
        <IconMenu2 size={20} />
      </ActionIcon>
      <Link to="/" className="brand" label={t('app.name')}>
        <img src="/favicon.svg" alt="" />
        <span className="wide-only">{t('app.name')}</span>
      </Link>
      <span className="grow" />
      {status.data && <StatusPill status={status.data.status} />}
      <ConnectionMark />
      <LanguageSelect user={user} />
      <SchemeToggle />
      <AccountLink user={user} />
    </header>
  );
}

function ConnectionMark() {
  const { t } = useTranslation();
  const state = useStreamState();
  const look = state === 'live' ? 'good' : 'attention';
  return (
    <span className={`pill ${look} wide-only`} data-stream={state}>
      <i className="dot" /> {t(`stream.${state}`)}
    </span>
  );
}

/** Changes the page at once, and the account's language (mails, messages) where someone is signed in. */
export function LanguageSelect({ user }: { user?: User }) {
  const { t, i18n } = useTranslation();
  const client = useQueryClient();
  const choose = (language: Language) => {
    changeLanguage(language);
    if (user)
      patch<User>('/api/me', { locale: language }).then(
        () => client.invalidateQueries({ queryKey: keys.me }),
        () => undefined,
      );
  };
  return (
    <NativeSelect
      className="language"
      size="xs"
      aria-label={t('app.language')}
      value={i18n.language}
      onChange={(event) => choose(event.currentTarget.value as Language)}
      data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
    />
  );
}

export function SchemeToggle() {
  const { t } = useTranslation();
  // The library would hold transitions back by an inline style, which the Content-Security-Policy forbids.
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  const dark = colorScheme === 'dark';
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      onClick={() => setColorScheme(dark ? 'light' : 'dark')}
      aria-label={dark ? t('app.toLight') : t('app.toDark')}
    >
      {dark ? <IconSun size={19} /> : <IconMoon size={19} />}
    </ActionIcon>
  );
}

function AccountLink({ user }: { user: User }) {
  const { t } = useTranslation();
  return (
    <Link to="/settings/account" className="icon-link" label={t('app.account', { email: user.email })}>
      <IconUser size={19} aria-hidden />
    </Link>
  );
}
