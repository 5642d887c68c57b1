import type { Browser, Page } from 'playwright-core';

/** One visit to the started product, which the tests of all files here share. */
export interface Visit {
  address: string;
  browser: Browser;
  /** The demo user's page. */
  page: Page;
  exchangeControlUrl: string;
  /** Opens a page by its name in the menu. */
  open(name: string): Promise<void>;
}

export const ADMIN = { email: 'admin@example.org', password: 'a long enough password' };
/** Made by the administrator on the page. */
export const TRADER = { email: 'trader@example.org', password: 'another long password' };
