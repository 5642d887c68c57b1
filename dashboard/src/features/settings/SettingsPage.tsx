import { type ComponentType, lazy, Suspense, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, usePath } from '../../app/router.js';
import { PageTitle } from '../../components/Panel.js';
import { LinesSkeleton } from '../../components/states.js';
import { TradingForm } from './TradingForm.js';
import './settings.css';

const TABS = {
  trading: TradingForm,
  notifications: lazy(() => import('./NotificationSettings.js')),
  exchange: lazy(() => import('./ExchangeKeys.js')),
  account: lazy(() => import('./AccountSettings.js')),
  security: lazy(() => import('./SecuritySettings.js')),
  history: lazy(() => import('./AuditTrail.js')),
} satisfies Record<string, ComponentType>;
type Tab = keyof typeof TABS;

/** Each group of settings has an address of its own: /settings/exchange. */
export default function SettingsPage() {
  const { t } = useTranslation();
  const named = usePath().split('/')[2] ?? '';
  const tab: Tab = named in TABS ? (named as Tab) : 'trading';
  const Content = TABS[tab];
  const strip = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a phone the strip is wider than the page: the group that is open is brought into sight.
    strip.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [tab]);
  return (
    <div className="stack">
      <PageTitle title={t('nav.settings')} />
      <nav className="subnav" ref={strip} aria-label={t('settings.sections')}>
        {(Object.keys(TABS) as Tab[]).map((name) => (
          <Link key={name} to={name === 'trading' ? '/settings' : `/settings/${name}`} current={name === tab}>
            {t(`settings.tabs.${name}`)}
          </Link>
        ))}
      </nav>
      <Suspense fallback={<LinesSkeleton lines={8} />}>
        <Content />
      </Suspense>
    </div>
  );
}
