import { Button } from '@mantine/core';
import { IconAlertOctagon, IconCheck, IconLogout } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStatus } from '../../api/queries.js';
import type { Me } from '../../api/types.js';
import { LanguageSelect, SchemeToggle } from '../../app/TopBar.js';
import { useSignOut } from '../../app/useSignOut.js';
import { PageTitle, Panel } from '../../components/Panel.js';
import { StopEverybody } from '../administration/StopEverybody.js';
import { EmergencyDialog } from '../control/EmergencyDialog.js';
import { StatusPill } from '../control/StatusPill.js';
import { PasswordPanel } from '../settings/PasswordPanel.js';
import { TotpPanel } from '../settings/TotpPanel.js';
import './required.css';

/**
 * In place of every other page while the sign-in policy requires something of the account: leads through it, step by step.
 * Stopping and signing out are here as well.
 * @param goOn shows the pages, once nothing is required any more
 */
export default function RequiredPage({ user, goOn }: { user: Me; goOn: () => void }) {
  const { t } = useTranslation();
  const [steps] = useState(user.required);
  const current = user.required[0];
  const main = useRef<HTMLElement>(null);
  const finished = current === undefined;
  const showsCodes = finished && steps.includes('secondFactor');
  useEffect(() => {
    document.title = `${t('required.title')} · ${t('app.name')}`;
  }, [t]);
  useEffect(() => {
    if (finished && !showsCodes) goOn();
    else main.current?.focus({ preventScroll: true }); // a screen reader hears the next step
  }, [current, finished, showsCodes, goOn]);
  return (
    <div className="required">
      <Header user={user} />
      <main className="stack" tabIndex={-1} ref={main} aria-label={t('required.title')}>
        <PageTitle title={t('required.title')} text={t('required.text')} />
        <ol className="steps">
          {steps.map((step) => (
            <li key={step} aria-current={step === current ? 'step' : undefined}>
              {t(`required.steps.${step}`)}
              {!user.required.includes(step) && <IconCheck size={17} role="img" aria-label={t('required.done')} />}
            </li>
          ))}
        </ol>
        {current === 'changePassword' ? <PasswordPanel /> : <TotpPanel guided />}
        {showsCodes && (
          <Button size="md" onClick={goOn}>
            {t('required.goOn')}
          </Button>
        )}
        <Stopping user={user} />
      </main>
    </div>
  );
}

function Header({ user }: { user: Me }) {
  const { t } = useTranslation();
  const signOut = useSignOut();
  return (
    <header className="row between">
      <span className="brand">
        <img src="/favicon.svg" alt="" /> {t('app.name')}
      </span>
      <span className="row">
        <LanguageSelect user={user} />
        <SchemeToggle />
        <Button
          size="xs"
          variant="default"
          leftSection={<IconLogout size={15} aria-hidden />}
          onClick={() => void signOut()}
        >
          {t('auth.signOut')}
        </Button>
      </span>
    </header>
  );
}

/** Safety goes before policy: what trades can be stopped from here. */
function Stopping({ user }: { user: Me }) {
  const { t } = useTranslation();
  const status = useStatus();
  const [asked, setAsked] = useState(false);
  return (
    <Panel title={t('required.stopping')} aside={status.data && <StatusPill status={status.data.status} />}>
      <div className="stack">
        <p className="dim small">{t('required.stoppingText')}</p>
        <div className="row">
          <Button
            size="xs"
            color="red"
            leftSection={<IconAlertOctagon size={15} aria-hidden />}
            onClick={() => setAsked(true)}
          >
            {t('control.emergency')}
          </Button>
          {user.role === 'admin' && <StopEverybody />}
        </div>
      </div>
      <EmergencyDialog opened={asked} onClose={() => setAsked(false)} />
    </Panel>
  );
}
