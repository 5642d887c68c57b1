/** The page of an account of which something is required (SIGN_IN_POLICY=strict), in a real browser on the real API. */
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { projectRoot } from '../../adapters/paths.js';
import { PASSWORD, secondFactor, startApi, type TestApi } from '../servers/api/testApi.js';
import { enrolAuthenticator, openBrowser, openPage, type Watched } from '../support/browser.js';

const ANNA = 'anna@example.org';
const CHOSEN = 'a password of my own choice';

let t: TestApi;
let browser: Browser;
let watched: Watched;
let page: Page;
beforeAll(async () => {
  const dashboard = join(projectRoot(), 'dist', 'dashboard');
  [t, browser] = await Promise.all([startApi({}, { signInPolicy: 'strict', dashboard }), openBrowser()]);
  await secondFactor(t, t.adminToken);
  await t.user(ANNA);
  watched = await openPage(browser);
  page = watched.page;
  page.setDefaultTimeout(20_000);
}, 90_000);
afterAll(async () => {
  await browser?.close();
  await t?.stop();
}, 60_000);

const currentStep = () => page.locator('[aria-current=step]');
const menu = () => page.getByRole('navigation', { name: 'Menu' });

test('stands in place of every page, on a phone as well, with signing out and stopping in reach', async () => {
  await page.goto(`${t.url}/orders`);
  await page.getByLabel('Email').fill(ANNA);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { level: 1, name: 'Before you go on' }).waitFor();
  expect(await menu().count()).toBe(0);
  await page.getByRole('button', { name: 'Emergency stop' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Every open entry order is cancelled').waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await page.setViewportSize({ width: 390, height: 844 });
  const wide = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(await wide()).toBe(0);
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
});

test('takes another password, and says what is wrong with a common one, in the reader’s language', async () => {
  await currentStep().getByText('Choose a password of your own').waitFor();
  await page.getByLabel('Current password').fill(PASSWORD);
  await page.getByLabel('New password').fill('password1234');
  await page.getByRole('button', { name: 'Change password' }).click();
  await page.getByText('is on lists of common and leaked passwords').waitFor();
  await page.getByLabel('Language').selectOption('ko');
  await page.getByRole('heading', { level: 1, name: '계속하기 전에' }).waitFor();
  await page.getByRole('button', { name: '비밀번호 변경' }).click();
  await page.getByText('흔하거나 유출된 비밀번호 목록에 있습니다', { exact: false }).waitFor();
  await page.getByLabel('언어').selectOption('en');
  await page.getByLabel('New password').fill(CHOSEN);
  await page.getByRole('button', { name: 'Change password' }).click();
  await currentStep().getByText('Set up two-step sign-in').waitFor();
});

test('enrols an authenticator, shows the recovery codes until they are kept, and opens the page that was asked for', async () => {
  expect(await enrolAuthenticator(page)).toHaveLength(10);
  expect(await menu().count()).toBe(0);
  await page.getByRole('button', { name: 'I have kept the recovery codes' }).click();
  await page.getByRole('heading', { level: 1, name: 'Orders' }).waitFor();
});

test('comes back by itself where the second factor is removed, and nothing on the way was refused by the policy of contents', async () => {
  const user = (await t.repositories.users.byEmail(ANNA))!;
  await t.repositories.users.update(user._id, { totp: null });
  await page.getByRole('heading', { level: 1, name: 'Before you go on' }).waitFor();
  await currentStep().getByText('Set up two-step sign-in').waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('Password').waitFor();
  expect(watched.problems).toEqual([]);
});
