import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { openPage, type Started, signIn } from './product.js';

const VISITS = 5;

/** First contentful paint of fresh visitors (median and worst, ms), and what sign-in and overview load, kB gzipped. */
export async function firstPage(browser: Browser, started: Started) {
  const paints: number[] = [];
  let firstPageKb = 0;
  for (let visit = 0; visit < VISITS; visit++) {
    const page = await openPage(browser);
    const files = new Map<string, Promise<number>>();
    page.on('response', (response) => {
      const { pathname } = new URL(response.url());
      if (/\.(js|css)$/.test(pathname) && !files.has(pathname))
        files.set(
          pathname,
          response.body().then((body) => gzipSync(body).length),
        );
    });
    await page.goto(started.runtime.dashboardUrl);
    await page.getByLabel('Email').waitFor();
    paints.push(
      await page.evaluate(async () => {
        const of = () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime;
        while (of() === undefined) await new Promise((resolve) => setTimeout(resolve, 20));
        return of()!;
      }),
    );
    if (visit === 0) {
      await signIn(page, started.runtime.dashboardUrl, started.password);
      await page.getByRole('img', { name: /^Candles of/ }).waitFor();
      firstPageKb = (await Promise.all(files.values())).reduce((sum, size) => sum + size, 0) / 1000;
    }
    await page.context().close();
  }
  paints.sort((a, b) => a - b);
  return {
    firstContentfulPaintMs: Math.round(paints[VISITS >> 1]!),
    worstFirstContentfulPaintMs: Math.round(paints.at(-1)!),
    firstPageKb: Math.round(firstPageKb),
  };
}

/** The longest task, ms, while 10,000 log lines arrive at once and then 500 a second for ten seconds. */
export async function longestTask(page: Page, started: Started): Promise<number> {
  await page.goto(`${started.runtime.dashboardUrl}/logs`);
  await page.getByRole('row').nth(3).waitFor();
  const me = await page.evaluate(async () => ((await (await fetch('/api/me')).json()) as { id: string }).id);
  const sender = await page.context().newPage();
  await sender.goto(`${started.runtime.dashboardUrl}/favicon.svg`);
  await page.evaluate(() => {
    const state = window as unknown as { longest: number };
    state.longest = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) state.longest = Math.max(state.longest, duration);
    }).observe({ type: 'longtask' });
  });
  await sender.evaluate(async (channel) => {
    const out = new BroadcastChannel(channel);
    let sent = 0;
    const send = (count: number): void => {
      for (let i = 0; i < count; i++) {
        sent += 1;
        const id = `x${String(sent).padStart(7, '0')}`;
        const line = { id, timestamp: new Date().toISOString(), logLevel: 'INFO', component: 'ENGINE', data: null };
        const data = JSON.stringify({ ...line, message: `Cycle ${sent}: BTC/USDT 68900; no new candle` });
        out.postMessage({ kind: 'event', event: { id: null, event: 'log', data } });
      }
    };
    const pause = () => new Promise((resolve) => setTimeout(resolve, 50));
    for (let part = 0; part < 10; part++) {
      send(1_000);
      await pause();
    }
    for (let tick = 0; tick < 200; tick++) {
      send(25);
      await pause();
    }
  }, `stream ${me}`);
  await page.waitForFunction(
    () => Number(document.querySelector('[data-testid=log-count]')?.textContent?.replace(/\D/g, '')) > 14_900,
  );
  const longest = await page.evaluate(() => (window as unknown as { longest: number }).longest);
  await sender.close();
  return Math.round(longest);
}

const PATHS = ['/', '/signals', '/performance', '/logs', '/backtests', '/notifications', '/settings'];
const SETTINGS = ['notifications', 'exchange', 'account', 'security', 'history'].map((name) => `/settings/${name}`);

/** What axe calls serious or critical on every page in both colour schemes, as `scheme path rule`. */
export async function seriousFindings(page: Page, started: Started): Promise<string[]> {
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const found: string[] = [];
  for (const scheme of ['light', 'dark'])
    for (const path of [...PATHS, ...SETTINGS]) {
      await page.evaluate((chosen) => localStorage.setItem('mantine-color-scheme-value', chosen), scheme);
      await page.goto(started.runtime.dashboardUrl + path);
      await page.locator('main h1').first().waitFor({ state: 'attached' });
      await page.waitForFunction(() => document.querySelectorAll('main .mantine-Skeleton-root').length === 0);
      await page.evaluate(axe);
      const rules = await page.evaluate(async () => {
        interface Axe {
          run(root: Document, options: object): Promise<{ violations: { id: string; impact: string }[] }>;
        }
        const { violations } = await (window as unknown as { axe: Axe }).axe.run(document, {
          resultTypes: ['violations'],
        });
        return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id }) => id);
      });
      found.push(...rules.map((rule) => `${scheme} ${path} ${rule}`));
    }
  return found;
}
