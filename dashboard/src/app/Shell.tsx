import { Drawer } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { Suspense, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { User } from '../api/types.js';
import { ErrorBoundary } from '../components/ErrorBoundary.js';
import { PageTitle } from '../components/Panel.js';
import { PageSkeleton } from '../components/states.js';
import { useStreamState } from '../stream/StreamProvider.js';
import { FleetBanner } from './FleetBanner.js';
import { ModeRibbon } from './ModeRibbon.js';
import { Navigation } from './Navigation.js';
import { OutageBanner } from './OutageBanner.js';
import { loadWhenIdle } from './idleLoading.js';
import { PAGES, pageAt } from './pages.js';
import { Link, usePath } from './router.js';
import { TopBar } from './TopBar.js';

/** The frame around every page: paper or live, the bar, the menu, and the page itself. */
export function Shell({ user }: { user: User }) {
  const { t } = useTranslation();
  const path = usePath();
  const [menuOpen, menu] = useDisclosure(false);
  const main = useRef<HTMLElement>(null);
  const entry = pageAt(path);
  const allowed = entry && (!entry.administrator || user.role === 'admin') ? entry : undefined;
  const title = allowed ? t(`nav.${allowed.name}`) : t('app.notFound');

  useEffect(() => {
    document.title = `${title} · ${t('app.name')}`;
  }, [title, t]);
  const isAdministrator = user.role === 'admin';
  useEffect(() => loadWhenIdle(PAGES.filter((page) => !page.administrator || isAdministrator)), [isAdministrator]);
  const firstRender = useRef(true);
  useEffect(() => {
    // A reader with a screen reader hears the new page; the first one is read from the top.
    if (!firstRender.current) main.current?.focus({ preventScroll: true });
    firstRender.current = false;
    window.scrollTo(0, 0);
  }, [allowed?.path]);

  return (
    <div className="shell">
      <a className="skip" href="#main">
        {t('app.skip')}
      </a>
      <ModeRibbon />
      <TopBar user={user} openMenu={menu.open} />
      <nav className="nav" aria-label={t('nav.label')}>
        <Navigation user={user} path={path} />
      </nav>
      <Drawer
        opened={menuOpen}
        onClose={menu.close}
        title={t('nav.label')}
        size={280}
        lockScroll={false}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <nav className="drawer-nav" aria-label={t('nav.label')}>
          <Navigation user={user} path={path} onFollow={menu.close} />
        </nav>
      </Drawer>
      <main className="main" id="main" tabIndex={-1} ref={main} aria-label={title}>
        <FleetBanner />
        <ReconnectBanner />
        <OutageBanner />
        <ErrorBoundary key={allowed?.path ?? 'none'}>
          <Suspense fallback={<PageSkeleton title={title} headed={allowed?.name !== 'overview'} />}>
            {allowed ? <allowed.page /> : <NotFound />}
          </Suspense>
        </ErrorBoundary>
      </main>
    </div>
  );
}

/** A page of its own, with a heading, so that a screen reader hears it as any other. */
function NotFound() {
  const { t } = useTranslation();
  return (
    <div className="stack">
      <PageTitle title={t('app.notFound')} text={t('app.notFoundText')} />
      <p>
        <Link to="/">{t('nav.overview')}</Link>
      </p>
    </div>
  );
}

function ReconnectBanner() {
  const { t } = useTranslation();
  const state = useStreamState();
  return (
    <div role="status" aria-live="polite">
      {state === 'reconnecting' && (
        <div className="banner" data-testid="reconnecting">
          <IconPlugConnectedX size={18} aria-hidden />
          {t('stream.reconnectingText')}
        </div>
      )}
    </div>
  );
}
