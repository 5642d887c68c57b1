import { spawn } from 'node:child_process';
import { join } from 'node:path';
import chromium from '@sparticuz/chromium';
import { type Browser, chromium as playwright, type Page } from 'playwright-core';
import { projectRoot } from '../../adapters/paths.js';
import { type Runtime, readRuntime } from '../../launcher/runtime-file.js';
import { temporaryFolder } from '../../launcher/temporary-folder.js';

export interface Started {
  runtime: Runtime & { exchangeControlUrl: string };
  password: string;
  end(): Promise<void>;
}

export const DEMO = 'demo@localhost';

/** The product as `npm start` makes it, on a data directory of its own, with the demo account trading. */
export async function startProduct(): Promise<Started> {
  const folder = temporaryFolder('bench-dashboard');
  const launcher = spawn(process.execPath, [join(projectRoot(), 'dist', 'launcher', 'main.js')], {
    cwd: projectRoot(),
    env: { ...process.env, DATA_DIR: folder.path, PORT: '0', EXCHANGE: 'simulator', SIGN_IN_POLICY: 'basic' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => launcher.once('close', resolve));
  const end = async (): Promise<void> => {
    launcher.kill('SIGTERM');
    await ended;
    folder.remove();
  };
  try {
    const password = await new Promise<string>((resolve, reject) => {
      let printed = '';
      launcher.stdout.on('data', (piece: Buffer) => {
        printed += piece.toString();
        const password = /demo@localhost\s+password\s+(\S+)\s/.exec(printed)?.[1];
        if (password && /^Ready/m.test(printed)) resolve(password);
      });
      void ended.then((code) => reject(new Error(`the launcher ended with ${code}:\n${printed}`)));
    });
    const runtime = readRuntime(folder.path);
    if (!runtime?.exchangeControlUrl) throw new Error('the local exchange has no control port');
    return { runtime: { ...runtime, exchangeControlUrl: runtime.exchangeControlUrl }, password, end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** Ten pages of one browser stand for ten people's: each is in front of somebody, none of them waits in the background. */
const IN_FRONT = [
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
];

export const openBrowser = async (): Promise<Browser> =>
  playwright.launch({
    executablePath: await chromium.executablePath(),
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-sync',
      ...IN_FRONT,
    ],
  });

export async function openPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 900 } });
  return context.newPage();
}

export async function signIn(page: Page, address: string, password: string): Promise<void> {
  await page.goto(address);
  await page.getByLabel('Email').fill(DEMO);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation', { name: 'Menu' }).first().waitFor();
}

/** A command to the local exchange's control port. */
export async function control<T>(started: Started, path: string, body: object): Promise<T> {
  const response = await fetch(started.runtime.exchangeControlUrl + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}
