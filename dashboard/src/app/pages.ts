import {
  IconAdjustments,
  IconBell,
  IconChartLine,
  IconFlask,
  IconGauge,
  IconListDetails,
  IconShield,
  IconWaveSine,
} from '@tabler/icons-react';
import { type ComponentType, lazy } from 'react';

export interface PageEntry {
  path: string;
  name: 'overview' | 'signals' | 'performance' | 'logs' | 'backtests' | 'notifications' | 'settings' | 'administration';
  icon: typeof IconGauge;
  page: ComponentType;
  administrator?: boolean;
}

/** Every page of the dashboard in the order of the menu. Each is loaded when first opened. */
export const PAGES: readonly PageEntry[] = [
  {
    path: '/',
    name: 'overview',
    icon: IconGauge,
    page: lazy(() => import('../features/monitoring/OverviewPage.js')),
  },
  {
    path: '/signals',
    name: 'signals',
    icon: IconWaveSine,
    page: lazy(() => import('../features/signals/SignalsPage.js')),
  },
  {
    path: '/performance',
    name: 'performance',
    icon: IconChartLine,
    page: lazy(() => import('../features/performance/PerformancePage.js')),
  },
  {
    path: '/logs',
    name: 'logs',
    icon: IconListDetails,
    page: lazy(() => import('../features/logs/LogsPage.js')),
  },
  {
    path: '/backtests',
    name: 'backtests',
    icon: IconFlask,
    page: lazy(() => import('../features/backtests/BacktestsPage.js')),
  },
  {
    path: '/notifications',
    name: 'notifications',
    icon: IconBell,
    page: lazy(() => import('../features/notifications/NotificationsPage.js')),
  },
  {
    path: '/settings',
    name: 'settings',
    icon: IconAdjustments,
    page: lazy(() => import('../features/settings/SettingsPage.js')),
  },
  {
    path: '/administration',
    name: 'administration',
    icon: IconShield,
    page: lazy(() => import('../features/administration/AdministrationPage.js')),
    administrator: true,
  },
];

/** The page that an address names; subpages such as /settings/exchange belong to /settings. */
export const pageAt = (path: string): PageEntry | undefined =>
  PAGES.find((page) => page.path === path || (page.path !== '/' && path.startsWith(`${page.path}/`)));
