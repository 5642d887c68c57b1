import type { Page } from 'playwright-core';
import { enrolAuthenticator, openPage, signIn, type Watched } from '../../support/browser.js';
import { TRADER, type Visit } from './visit.js';

/** What the account that an administrator made does first; after `administrationTests`. */
export function accountTests(visit: () => Visit): void {
  let watched: Watched;
  let page: Page;
  let recovery: string[] = [];
  const section = (name: string) =>
    page.getByRole('navigation', { name: 'Groups of settings' }).getByRole('link', { name }).click();

  test('exchange keys are checked with the exchange, kept, and their secret is nowhere', async () => {
    const { browser, address, exchangeControlUrl } = visit();
    watched = await openPage(browser);
    page = watched.page;
    page.setDefaultTimeout(20_000);
    const answers: Promise<string>[] = [];
    page.on('response', (response) => {
      if (/\/api\/(?!stream)/.test(response.url())) answers.push(response.text().catch(() => ''));
    });
    await signIn(page, address, TRADER.email, TRADER.password);
    await page.getByRole('navigation', { name: 'Menu' }).getByRole('link', { name: 'Settings' }).click();
    await section('Exchange keys');
    await page.getByLabel('API key', { exact: true }).fill('a'.repeat(64));
    await page.getByLabel('API secret').fill('b'.repeat(64));
    await page.getByRole('button', { name: 'Verify and save' }).click();
    await page.getByRole('alert').getByText('API key: is not accepted by the exchange').waitFor();

    const made = await fetch(`${exchangeControlUrl}/accounts`, { method: 'POST', body: '{"balances":{"USDT":"500"}}' });
    const { apiKey, secret } = (await made.json()) as { apiKey: string; secret: string };
    await page.getByLabel('API key', { exact: true }).fill(apiKey);
    await page.getByLabel('API secret').fill(secret);
    await page.getByRole('button', { name: 'Verify and save' }).click();
    await page.getByText('The keys are verified and kept.').waitFor();
    const rights = page.getByRole('list', { name: 'Permissions' });
    await rights.getByRole('listitem').filter({ hasText: 'Withdrawals' }).getByText('No').waitFor();
    await page.getByText(`…${apiKey.slice(-4)}`).waitFor();

    const stored = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
    for (const place of [await page.content(), stored, ...(await Promise.all(answers))]) {
      expect(place.includes(secret)).toBe(false);
      expect(place.includes(apiKey)).toBe(false);
    }
  });

  test('an authenticator is enrolled with the code that its key gives', async () => {
    await section('Security');
    recovery = await enrolAuthenticator(page);
    expect(recovery).toHaveLength(10);
    await section('History');
    await page.getByText('Two-step sign-in on').waitFor();
    await page.getByText('Exchange keys stored').waitFor();
  });

  test('live is entered with keys, a second factor and a confirmation, and every page says so', async () => {
    await section('Trading');
    await page.getByLabel('Live – real money').check();
    await page.getByRole('button', { name: 'Save' }).click();
    const question = page.getByRole('dialog', { name: 'LIVE TRADING · real money' });
    await question.getByText('Live trading sends real orders with real money. Go on?').waitFor();
    expect(await page.getByText('PAPER TRADING · simulated money').isVisible()).toBe(true);
    const goOn = question.getByRole('button', { name: 'Trade with real money' });
    expect(await goOn.isDisabled()).toBe(true);
    const code = question.getByLabel('Authenticator code');
    expect(await code.evaluate((field) => field === document.activeElement)).toBe(true);
    await code.fill('000000');
    await goOn.click();
    await question.getByRole('alert').getByText('Authenticator code: is not a valid code').waitFor();
    expect(await page.getByText('is not a valid code').count()).toBe(1);
    await page.waitForFunction(() => document.activeElement?.matches('[role=dialog] input'));
    await page.keyboard.type(recovery.pop() ?? '');
    await page.keyboard.press('Enter');
    await question.waitFor({ state: 'detached' });
    await page.getByText('Saved; takes effect in the next cycle.').waitFor();
    await page.getByRole('complementary', { name: 'Trading venue' }).getByText('LIVE TRADING · real money').waitFor();
  });

  test('a recovery code signs in where the authenticator is lost, and another session is ended from here', async () => {
    const { address, browser } = visit();
    const again = await openPage(browser);
    await again.page.goto(address);
    await again.page.getByLabel('Email').fill(TRADER.email);
    await again.page.getByLabel('Password').fill(TRADER.password);
    await again.page.getByRole('button', { name: 'Sign in' }).click();
    await again.page.getByLabel('Authenticator code').fill(recovery[0] ?? '');
    await again.page.getByRole('button', { name: 'Sign in' }).click();
    await again.page.getByText('LIVE TRADING · real money').waitFor();
    await section('Security');
    await page.getByRole('table', { name: 'Sessions' }).getByRole('button', { name: 'End' }).click();
    await page.getByText('The session has ended.').waitFor();
    await again.page.getByLabel('Password').waitFor();
    expect(watched.problems).toEqual([]);
    await again.context.close();
    await watched.context.close();
  });
}
