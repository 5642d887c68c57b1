import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, loadavg } from 'node:os';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, openPage, signIn, type Watched } from '../support/browser.js';
import { type Product, startProduct } from '../support/product.js';
import { startServers, type TestServers } from '../support/servers.js';
import { accountTests } from './dashboard/account.js';
import { administrationTests } from './dashboard/administration.js';
import { marketTests } from './dashboard/market.js';
import { orderTests } from './dashboard/orders.js';
import { ADMIN, type Visit } from './dashboard/visit.js';

/** The real product with the demo account trading, and one browser, for all tests: they follow one visit in order. */
let product: Product;
let exchange: TestServers;
let browser: Browser;
let visit: Watched;
let page: Page;
let address: string;
let password: string;

/** How many times slower than alone the machine is now: promises in time are promises of a machine with a free core. */
const busy = () => Math.max(1, (2 * loadavg()[0]!) / availableParallelism());

const DEMO = 'demo@localhost';
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const open = async (name: string) => {
  await page.getByRole('navigation', { name: 'Menu' }).getByRole('link', { name }).click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
};
/** Follows an address inside the page, as the browser's back and forward buttons do. */
const go = async (path: string) => {
  await page.evaluate((to) => {
    history.pushState(null, '', to);
    window.dispatchEvent(new PopStateEvent('popstate'));
  }, path);
  await page.locator('main h1').first().waitFor({ state: 'attached' });
};
/** The API's answer, asked from the page with its own cookie. */
const ask = <T>(path: string): Promise<T> =>
  page.evaluate(async (where) => (await (await fetch(where)).json()) as unknown, path) as Promise<T>;
const status = () => page.getByTestId('status');

beforeAll(async () => {
  // One exchange is both the paper and, by LIVE_EXCHANGE_URL, the real one, so that keys can be checked with it.
  exchange = await startServers({ simulator: true });
  [product, browser] = await Promise.all([
    startProduct({
      ADMIN_EMAIL: ADMIN.email,
      ADMIN_PASSWORD: ADMIN.password,
      EXCHANGE_URL: exchange.exchangeUrl,
      EXCHANGE_CONTROL_URL: exchange.controlUrl,
      LIVE_EXCHANGE_URL: exchange.exchangeUrl,
    }),
    openBrowser(),
  ]);
  address = product.runtime()?.dashboardUrl ?? '';
  password = (await product.prints(/demo@localhost\s+password\s+(\S+)/))[1] ?? '';
  visit = await openPage(browser);
  page = visit.page;
  page.setDefaultTimeout(20_000);
}, 150_000);

afterAll(async () => {
  await browser?.close();
  await product?.dispose();
  await exchange?.stop();
}, 60_000);

const visited = (): Visit => ({
  address,
  browser,
  page,
  exchangeControlUrl: exchange.controlUrl,
  open,
});

test('a wrong password is refused and the right one opens the control panel', async () => {
  await page.goto(address);
  await page.getByLabel('Email').fill(DEMO);
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('alert').getByText('Email or password is wrong.').waitFor();
  await signIn(page, address, DEMO, password);
  await page.getByText('PAPER TRADING').waitFor();
});

test('the first contents are there within a second, and sign-in and overview with their charts are at most 300 kB', async () => {
  const fresh = await openPage(browser);
  const files = new Map<string, Promise<number>>();
  fresh.page.on('response', (response) => {
    const { pathname } = new URL(response.url());
    if (/\.(js|css)$/.test(pathname) && !files.has(pathname)) files.set(pathname, response.body().then(gzipSize));
  });
  await fresh.page.goto(address);
  await fresh.page.getByLabel('Email').waitFor();
  await fresh.page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length > 0);
  const painted = await fresh.page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime);
  await signIn(fresh.page, address, DEMO, password);
  await fresh.page.getByRole('img', { name: /^Candles of/ }).waitFor();
  const loaded = (await Promise.all(files.values())).reduce((sum, size) => sum + size, 0);
  await fresh.context.close();
  expect(painted).toBeLessThan(1_000 * busy());
  expect(files.size).toBeGreaterThan(10);
  expect(loaded).toBeGreaterThan(100_000);
  expect(loaded).toBeLessThan(300_000);
});

test('the status and the cycles move on by themselves', async () => {
  await status().getByText('Running').waitFor();
  const before = Number(await page.getByTestId('cycle').textContent());
  await page.waitForFunction(
    (cycle) => Number(document.querySelector('[data-testid=cycle]')?.textContent) > cycle,
    before,
  );
});

test('a position that is closed on the page arrives as a trade, live', async () => {
  const close = page.getByRole('button', { name: /^Close (BTC|ETH)/ }).first();
  await close.waitFor({ timeout: 90_000 });
  const trades = page.getByRole('region', { name: 'Recent trades' });
  const known = (await ask<{ items: unknown[] }>('/api/trades')).items.length;
  await close.click();
  await page.getByRole('dialog').getByRole('button', { name: 'Sell now' }).click();
  await page.waitForFunction(
    (count) => document.querySelectorAll('[aria-label="Recent trades"] tbody tr').length > count,
    Math.min(known, 11),
    { timeout: 40_000 },
  );
  await trades
    .getByText(/By hand|Signal|Stop loss|Take profit/)
    .first()
    .waitFor();
});

marketTests(visited, () => ({ email: DEMO, password }));

test('a limit is checked as it is typed, saved, and kept', async () => {
  await open('Settings');
  const limit = page.getByLabel('Daily loss limit');
  await limit.fill('0');
  await page.getByText('More than 0, at most 100.').waitFor();
  expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
  await limit.fill('2.5');
  await page.getByText(/trading stops for the day after losing/).waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved; takes effect in the next cycle.').waitFor();
  expect(await ask('/api/config')).toMatchObject({ maxDailyLossPct: 2.5 });
  await page.getByRole('link', { name: 'History' }).click();
  const change = page.getByRole('listitem').filter({ has: page.getByTitle('maxDailyLossPct'), hasText: '2.5' });
  await change.first().waitFor();
});

test('channels are chosen by type, quiet hours are set, and a test message says what became of it', async () => {
  interface Alerts {
    routes: Record<string, string[]>;
    quietHours: object | null;
  }
  await go('/settings/notifications');
  // The switch follows what the page knows, in the task after the click.
  const press = async (label: string, on: boolean) => {
    await page.getByLabel(label).click();
    await page
      .getByLabel(label)
      .and(page.locator(on ? ':checked' : ':not(:checked)'))
      .waitFor();
  };
  await press('Stop loss hit: Telegram', true);
  await page.getByText('Saved; takes effect in the next cycle.').first().waitFor();
  await press('Quiet hours', true);
  await page.getByLabel('From', { exact: true }).waitFor();
  const { routes, quietHours } = await ask<Alerts>('/api/notifications/settings');
  expect(routes).toEqual({ STOP_LOSS_HIT: ['dashboard', 'email', 'telegram'] });
  expect(quietHours).toEqual({ from: '22:00', to: '07:00' });
  await page.getByRole('button', { name: 'As above' }).click();
  await page.getByLabel('Stop loss hit: Telegram').and(page.locator(':not(:checked)')).waitFor();
  await press('Quiet hours', false);
  await page.getByRole('button', { name: 'Send a test' }).click();
  await page.getByText('Test message: Dashboard: delivered').waitFor();
});

test('logs follow the bot and are filtered by component and text', async () => {
  await open('Logs');
  await page.getByRole('row').nth(3).waitFor();
  await page.getByLabel('Component').selectOption('ENGINE');
  await page.getByLabel('Search text').fill('cycle');
  await page.waitForFunction(() => {
    const rows = [...document.querySelectorAll('.log-space [role=row]')];
    return (
      rows.length > 0 &&
      rows.every((row) => /Engine/.test(row.textContent ?? '') && /cycle/i.test(row.textContent ?? ''))
    );
  });
  const newest = await page.locator('.log-space [role=row]').first().textContent();
  await page.waitForFunction((old) => document.querySelector('.log-space [role=row]')?.textContent !== old, newest);
  await page.locator('.log-message button').first().click();
  await page.getByRole('dialog', { name: 'Log entry' }).waitFor();
  await page.keyboard.press('Escape');
});

test('every page has something to show and nothing serious for axe, in both colour schemes', async () => {
  const found: string[] = [];
  await page.goto(address);
  await page.evaluate(axe);
  for (const scheme of ['light', 'dark']) {
    await page.getByRole('button', { name: scheme === 'light' ? 'Light colours' : 'Dark colours' }).click();
    for (const path of PATHS) {
      await go(path);
      await page.waitForFunction(() => document.querySelectorAll('main .mantine-Skeleton-root').length === 0);
      const serious = await page.evaluate(async () => {
        const { violations } = await (window as unknown as { axe: Axe }).axe.run(document, {
          resultTypes: ['violations'],
        });
        return violations
          .filter(({ impact }) => impact === 'serious' || impact === 'critical')
          .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
      });
      found.push(...serious.map((problem) => `${scheme} ${path} ${problem}`));
    }
  }
  expect(found).toEqual([]);
}, 150_000);

test('the whole page speaks Korean once asked to', async () => {
  await page.goto(address);
  await page.getByLabel('Language').selectOption('ko');
  await page.getByRole('link', { name: '설정' }).waitFor();
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('ko');
  for (const figure of ['활성 신호', '오늘 거래', '오늘 수익', '시스템 가동'])
    await page.getByText(figure, { exact: true }).waitFor();
  await page.getByRole('button', { name: '긴급 중단' }).waitFor();
  await page.waitForFunction(
    async () => ((await (await fetch('/api/me')).json()) as { locale: string }).locale === 'ko',
  );
  await page.getByLabel('언어').selectOption('en');
});

test('a phone shows every page without scrolling sideways and reaches them by the menu', async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  for (const path of PATHS) {
    await go(path);
    const tooWide = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect([path, tooWide]).toEqual([path, 0]);
  }
  await page.getByRole('button', { name: 'Open menu' }).click();
  await page.getByRole('dialog').getByRole('link', { name: 'Signals' }).click();
  await page.getByRole('heading', { level: 1, name: 'Signals' }).waitFor();
  await page.setViewportSize({ width: 1280, height: 900 });
});

test('a cut network is said, and afterwards the page has what it missed', async () => {
  await page.goto(address);
  await page.locator('[data-stream=live]').waitFor();
  const before = Number(await page.getByTestId('cycle').textContent());
  await visit.context.setOffline(true);
  await page.getByTestId('reconnecting').waitFor();
  await visit.context.setOffline(false);
  await page.locator('[data-stream=live]').waitFor();
  await page.getByTestId('reconnecting').waitFor({ state: 'detached' });
  await page.waitForFunction(
    (cycle) => Number(document.querySelector('[data-testid=cycle]')?.textContent) > cycle,
    before,
  );
});

test('ten thousand log lines and five hundred events a second cause no long task', async () => {
  await open('Logs');
  await page.getByRole('row').nth(3).waitFor();
  const me = await ask<{ id: string }>('/api/me');
  const sender = await visit.context.newPage();
  await sender.goto(`${address}/favicon.svg`);
  await page.evaluate(() => {
    const state = window as unknown as { longest: number };
    state.longest = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) state.longest = Math.max(state.longest, duration);
    }).observe({ type: 'longtask' });
  });
  await sender.evaluate(sendLogs, { channel: `stream ${me.id}`, first: 10_000, perSecond: 500, seconds: 4 });
  await page.waitForFunction(
    () => Number(document.querySelector('[data-testid=log-count]')?.textContent?.replace(/\D/g, '')) > 11_900,
  );
  expect(await page.locator('.log-space [role=row]').count()).toBeLessThan(120);
  expect(await page.evaluate(() => (window as unknown as { longest: number }).longest)).toBeLessThan(200 * busy());
  await sender.close();
});

test('addresses of others show nothing: neither an unknown one nor administration', async () => {
  for (const path of ['/administration', '/users/1', '/positions/someone-else']) {
    await page.goto(address + path);
    await page.getByText('Nothing here').first().waitFor();
  }
});

orderTests(visited);

test('stop, start, emergency with its receipt, reset', async () => {
  await page.goto(address);
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await status().getByText('Stopped', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await status().getByText('Running').waitFor();

  await page.getByRole('button', { name: 'Emergency stop' }).click();
  const dialog = page.getByRole('dialog', { name: 'Emergency stop' });
  await dialog.getByText('Every open entry order is cancelled').waitFor();
  await dialog.getByLabel('Sell all positions at the market price').check();
  await dialog.getByLabel('Reason').fill('system test');
  await dialog.getByRole('button', { name: 'Confirm emergency stop' }).click();
  await dialog.locator('[data-testid=receipt][data-finished=true]').waitFor({ timeout: 30_000 });
  await dialog.getByText('Open entry orders afterwards: 0').waitFor();
  await dialog.getByText('Positions kept: 0').waitFor();
  await dialog.getByText('system test').waitFor();
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await status().getByText('Emergency stopped').waitFor();
  expect(await page.getByRole('button', { name: 'Start', exact: true }).count()).toBe(0);

  await page.getByRole('button', { name: 'Reset' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Reset now' }).click();
  await status().getByText('Stopped', { exact: true }).waitFor();
});

administrationTests(visited);
accountTests(visited);

test('signing out leaves nothing of the user, and the page kept no secret and asked no other host', async () => {
  const stored = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
  const cookies = await visit.context.cookies();
  expect(cookies.find(({ name }) => name.endsWith('session'))).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
  for (const { name, value } of cookies) expect([name, stored.includes(value)]).toEqual([name, false]);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('Password').waitFor();
  expect(await page.getByText('USDT').count()).toBe(0);
  expect([...visit.hosts]).toEqual([new URL(address).host]);
  expect(visit.problems).toEqual([]);
  expect(visit.starved).toEqual([]);
});

const PATHS = [
  '/',
  '/signals',
  '/orders',
  '/balances',
  '/performance',
  '/logs',
  '/backtests',
  '/notifications',
  '/settings',
  '/settings/notifications',
  '/settings/exchange',
  '/settings/account',
  '/settings/security',
  '/settings/history',
];

interface Axe {
  run(
    root: Document,
    options: object,
  ): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>;
}

/** Runs in another tab: tells this user's tabs of log lines as the tab that reads the stream does. */
async function sendLogs({
  channel,
  first,
  perSecond,
  seconds,
}: {
  channel: string;
  first: number;
  perSecond: number;
  seconds: number;
}): Promise<void> {
  const out = new BroadcastChannel(channel);
  let sent = 0;
  const send = (count: number) => {
    for (let i = 0; i < count; i++) {
      sent += 1;
      const line = {
        id: `x${String(sent).padStart(7, '0')}`,
        timestamp: new Date().toISOString(),
        logLevel: 'INFO',
        component: 'ENGINE',
        message: `Line ${sent}`,
        data: null,
      };
      out.postMessage({ kind: 'event', event: { id: null, event: 'log', data: JSON.stringify(line) } });
    }
  };
  for (let part = 0; part < 10; part++) {
    send(first / 10);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  for (let tick = 0; tick < seconds * 20; tick++) {
    send(perSecond / 20);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const gzipSize = (body: Buffer) => gzipSync(body).length;
