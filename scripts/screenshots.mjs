// node scripts/screenshots.mjs [seconds]: starts the product on a fresh folder, lets the demo account trade for a
// while (150 s) and photographs its pages into docs/screenshots. Korean pages need a Korean font on the machine.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import chromium from '@sparticuz/chromium';
import { chromium as playwright } from 'playwright-core';
import { buildDashboard, buildSources, root } from './build.mjs';

const seconds = Number(process.argv[2] ?? 150);
const out = join(root, 'docs', 'screenshots');
const dataDir = mkdtempSync(join(tmpdir(), 'screenshots-'));
await buildSources();
await buildDashboard();
mkdirSync(out, { recursive: true });

const launcher = spawn(process.execPath, [join(root, 'dist', 'launcher', 'main.js')], {
  env: {
    ...process.env,
    PORT: '0',
    DATA_DIR: dataDir,
    EXCHANGE: 'simulator',
    SIGN_IN_POLICY: 'basic',
    ADMIN_EMAIL: 'admin@example.org',
    ADMIN_PASSWORD: 'only for pictures',
  },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const ended = new Promise((resolve) => launcher.once('close', resolve));
try {
  const password = await demoPassword();
  const { dashboardUrl } = JSON.parse(readFileSync(join(dataDir, 'runtime.json'), 'utf8'));
  console.log(`trading for ${seconds} s at ${dashboardUrl}`);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const browser = await playwright.launch({
    executablePath: await chromium.executablePath(),
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  const workflowUrl = await photograph(browser, dashboardUrl, password, 'en', 'dark');
  await photograph(browser, dashboardUrl, password, 'ko', 'light');
  await photographTemporal(browser, workflowUrl);
  await browser.close();
} finally {
  launcher.kill('SIGTERM');
  await ended;
  rmSync(dataDir, { recursive: true, force: true });
}

/** Resolves with the demo account's password once everything is ready; the launcher says both in either order. */
function demoPassword() {
  return new Promise((resolve, reject) => {
    let printed = '';
    launcher.stdout.on('data', (piece) => {
      printed += piece;
      const [, password] = /demo@localhost\s+password\s+(\S+)\s/.exec(printed) ?? [];
      if (password && /^Ready/m.test(printed)) resolve(password);
    });
    void ended.then((code) => reject(new Error(`the launcher ended with ${code}:\n${printed}`)));
  });
}

/** Resolves with the address of the workflow in Temporal's Web UI. */
async function photograph(browser, address, password, language, scheme) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    locale: language === 'ko' ? 'ko-KR' : 'en-GB',
  });
  await context.addInitScript(
    ([chosen, colours]) => {
      localStorage.setItem('language', chosen);
      localStorage.setItem('mantine-color-scheme-value', colours);
    },
    [language, scheme],
  );
  const page = await context.newPage();
  await page.goto(address);
  await page.locator('input[name=email]').fill('demo@localhost');
  await page.locator('input[name=password]').fill(password);
  await page.locator('button[type=submit]').click();
  await page.locator('.shell').waitFor();
  const shoot = (name) => page.screenshot({ path: join(out, `${name}.${language}.png`) });
  for (const name of [
    'overview',
    'signals',
    'orders',
    'balances',
    'performance',
    'logs',
    'notifications',
    'settings',
  ]) {
    await page.goto(`${address}/${name === 'overview' ? '' : name}`);
    await settle(page);
    await shoot(name);
  }
  await page.goto(address);
  await settle(page);
  await page.locator('.control-buttons button').last().click();
  await page.getByRole('dialog').waitFor();
  await page.waitForTimeout(500);
  await shoot('emergency');
  await page.keyboard.press('Escape');
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(address);
  await settle(page);
  await shoot('phone');
  const workflow = await page.evaluate(async () => (await fetch('/api/trading/workflow')).json());
  await context.close();
  return workflow.url;
}

/** The demo account's workflow as Temporal's Web UI shows it. */
async function photographTemporal(browser, address) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
  await page.goto(address);
  await page.waitForTimeout(5_000);
  await page.screenshot({ path: join(out, 'temporal.png') });
  await page.close();
}

/** Until skeletons are gone and charts are drawn. */
async function settle(page) {
  await page.locator('main h1').first().waitFor({ state: 'attached' });
  await page.waitForFunction(() => document.querySelectorAll('main .mantine-Skeleton-root').length === 0);
  await page.waitForTimeout(1_500);
}
