import {
  IconAdjustments,
  IconBell,
  IconChartLine,
  IconFlask,
  IconGauge,
  IconListDetails,
  IconReceipt,
  IconShield,
  IconWallet,
  IconWaveSine,
} from '@tabler/icons-react';
import { type ComponentType, lazy } from 'react';

export interface PageEntry {
  path: string;
  name:
    | 'overview'
    | 'signals'
    | 'orders'
    | 'balances'
    | 'performance'
    | 'logs'
    | 'backtests'
    | 'notifications'
    | 'settings'
    | 'administration';
  icon: typeof IconGauge;
  page: ComponentType;
  /** Begins loading it before it is shown. */
  load: () => Promise<unknown>;
  administrator?: boolean;
}

const loaded = (load: () => Promise<{ default: ComponentType }>) => ({ page: lazy(load), load });

/** Every page of the dashboard in the order of the menu. Each is code of its own (app/idleLoading.ts). */
export const PAGES: readonly PageEntry[] = [
  {
    path: '/',
    name: 'overview',
    icon: IconGauge,
    ...loaded(() => import('../features/monitoring/OverviewPage.js')),
  },
  {
    path: '/signals',
    name: 'signals',
    icon: IconWaveSine,
    ...loaded(() => import('../features/signals/SignalsPage.js')),
  },
  {
    path: '/orders',
    name: 'orders',
    icon: IconReceipt,
    ...loaded(() => import('../features/orders/OrdersPage.js')),
  },
  {
    path: '/balances',
    name: 'balances',
    icon: IconWallet,
    ...loaded(() => import('../features/balances/BalancesPage.js')),
  },
  {
    path: '/performance',
    name: 'performance',
    icon: IconChartLine,
    ...loaded(() => import('../features/performance/PerformancePage.js')),
  },
  {
    path: '/logs',
    name: 'logs',
    icon: IconListDetails,
    ...loaded(() => import('../features/logs/LogsPage.js')),
  },
  {
    path: '/backtests',
    name: 'backtests',
    icon: IconFlask,
    ...loaded(() => import('../features/backtests/BacktestsPage.js')),
  },
  {
    path: '/notifications',
    name: 'notifications',
    icon: IconBell,
    ...loaded(() => import('../features/notifications/NotificationsPage.js')),
  },
  {
    path: '/settings',
    name: 'settings',
    icon: IconAdjustments,
    ...loaded(() => import('../features/settings/SettingsPage.js')),
  },
  {
    path: '/administration',
    name: 'administration',
    icon: IconShield,
    ...loaded(() => import('../features/administration/AdministrationPage.js')),
    administrator: true,
  },
];

/** The page that an address names; subpages such as /settings/exchange belong to /settings. */
export const pageAt = (path: string): PageEntry | undefined =>
  PAGES.find((page) => page.path === path || (page.path !== '/' && path.startsWith(`${page.path}/`)));
