import { openPage, signIn } from '../../support/browser.js';
import { ADMIN, TRADER, type Visit } from './visit.js';

/** Begins and ends with the demo account stopped; leaves a further account. */
export function administrationTests(visit: () => Visit): void {
  test('an administrator adds a user; when everyone is stopped, a user sees it without acting, until the release', async () => {
    const { browser, address, page } = visit();
    const { page: admin, context, problems } = await openPage(browser);
    await signIn(admin, address, ADMIN.email, ADMIN.password);
    await admin.getByRole('link', { name: 'Administration' }).click();
    await admin.getByRole('button', { name: 'Add user' }).click();
    const adding = admin.getByRole('dialog', { name: 'Add user' });
    await adding.getByLabel('Email').fill(TRADER.email);
    await adding.getByLabel('Password').fill('short');
    await adding.getByText('Too short: at least 12 characters.').waitFor();
    await adding.getByLabel('Password').fill(TRADER.password);
    await adding.getByRole('button', { name: 'Add', exact: true }).click();
    await admin.getByRole('table', { name: 'Users' }).getByText(TRADER.email).waitFor();

    await admin.getByRole('button', { name: 'Stop everyone' }).click();
    const stopping = admin.getByRole('dialog', { name: 'Stop everyone' });
    await stopping.getByLabel('Reason').fill('drill');
    await stopping.getByRole('button', { name: 'Confirm: stop everyone' }).click();
    await admin.getByText('All trading is stopped.').waitFor();

    const banner = page.getByTestId('fleet-stopped');
    const start = page.getByRole('button', { name: 'Start', exact: true });
    await banner.getByText('Reason: drill').waitFor();
    expect(await start.isDisabled()).toBe(true);
    await page.getByText('No start is possible: the administrator has stopped everyone.').waitFor();

    await admin.getByRole('button', { name: 'Release' }).click();
    await admin.getByRole('dialog').getByRole('button', { name: 'Release now' }).click();
    await banner.waitFor({ state: 'detached' });
    expect(await start.isEnabled()).toBe(true);
    expect(problems).toEqual([]);
    await context.close();
  });
}
