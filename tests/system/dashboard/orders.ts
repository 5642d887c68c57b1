import type { Visit } from './visit.js';

/** After a trade was closed. */
export function orderTests(visit: () => Visit): void {
  test('a trade leads to its orders, and an order to what showed each of its states', async () => {
    const { page, open } = visit();
    await open('Performance');
    await page
      .getByRole('link', { name: /^Orders of the trade in/ })
      .first()
      .click();
    await page.getByRole('heading', { level: 1, name: 'Orders' }).waitFor();
    const position = page.getByRole('region', { name: 'Position' });
    await position.getByText('Closed trade').waitFor();
    const orders = page.getByRole('table', { name: 'Orders sent' });
    await orders.getByRole('row').nth(2).waitFor();
    await page.getByLabel('Purpose').selectOption('ENTRY');
    await page.getByTestId('order-count').getByText('Orders: 1', { exact: true }).waitFor();
    await orders.getByRole('button', { name: /^Details of ctp/ }).click();
    const order = page.getByRole('dialog', { name: 'Order' });
    const life = order.getByRole('region', { name: 'What happened, and what showed it' });
    await life.getByText('Stored before it was sent').waitFor();
    await life
      .getByText(/^(The exchange’s answer|Asked the exchange for it|The exchange’s stream)$/)
      .first()
      .waitFor();
    await page.keyboard.press('Escape');
    await position.getByRole('link', { name: 'All orders' }).click();
    await position.waitFor({ state: 'detached' });
  });
}
