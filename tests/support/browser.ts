/** A real Chromium for tests of the pages: the one inside an npm package, so that nothing has to be installed. */
import chromium from '@sparticuz/chromium';
import { authenticator } from 'otplib';
import { type Browser, type BrowserContext, chromium as playwright, type Page } from 'playwright-core';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const openBrowser = async (): Promise<Browser> =>
  playwright.launch({ executablePath: await chromium.executablePath(), args: FLAGS });

export interface Watched {
  context: BrowserContext;
  page: Page;
  /** Errors of scripts, and what the Content-Security-Policy refused. */
  problems: string[];
  /** Answers of the API that it could not give because the exchange was asked for too much, as address and code. */
  starved: string[];
  /** Hosts (with port) that were asked for anything. */
  hosts: Set<string>;
}

/** A page in a profile of its own that keeps what went wrong on it. */
export async function openPage(browser: Browser, options: Parameters<Browser['newContext']>[0] = {}): Promise<Watched> {
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const problems: string[] = [];
  const starved: string[] = [];
  const hosts = new Set<string>();
  page.on('console', (message) => {
    // A request that failed is no fault of the page's: what it says of that is for the tests to look at.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('response', (response) => {
    if (response.status() === 503)
      response.text().then(
        (body) => void (/EXCHANGE_UNAVAILABLE/.test(body) && starved.push(`${response.url()} ${body}`)),
        () => undefined,
      );
  });
  page.on('request', (request) => {
    if (/^https?:/.test(request.url())) hosts.add(new URL(request.url()).host);
  });
  return { context, page, problems, starved, hosts };
}

export async function signIn(page: Page, address: string, email: string, password: string): Promise<void> {
  await page.goto(address);
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation', { name: 'Menu' }).first().waitFor();
}

/** Sets up an authenticator where the page offers it. @returns the recovery codes that it shows */
export async function enrolAuthenticator(page: Page): Promise<string[]> {
  await page.getByRole('button', { name: 'Set up an authenticator' }).click();
  await page.getByRole('img', { name: 'QR code for the authenticator app' }).waitFor();
  const secret = (await page.locator('code', { hasText: /^[A-Z2-7]{16,}$/ }).textContent()) ?? '';
  await page.getByLabel('Authenticator code').fill(authenticator.generate(secret));
  await page.getByRole('button', { name: 'Confirm' }).click();
  await page.getByText('Recovery codes.').waitFor();
  return ((await page.locator('code.recovery').textContent()) ?? '').split('\n');
}
