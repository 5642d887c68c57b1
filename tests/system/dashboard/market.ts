import { openPage, signIn } from '../../support/browser.js';
import type { Visit } from './visit.js';

/** While the demo account trades. */
export function marketTests(visit: () => Visit, user: () => { email: string; password: string }): void {
  test('a chart that does not come says why and when it is asked for again, and comes by itself', async () => {
    const { address, browser, exchangeControlUrl } = visit();
    const faults = (method: string, body?: object) =>
      fetch(`${exchangeControlUrl}/faults`, {
        method,
        ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      });
    const { context, page } = await openPage(browser);
    try {
      await signIn(page, address, user().email, user().password);
      await page.getByRole('img', { name: /^Candles of/ }).waitFor();
      await faults('POST', [{ kind: '503', endpoint: 'GET /api/v3/klines', durationMs: 20_000 }]);
      await page.getByLabel('Timeframe').selectOption('4h');
      const price = page.getByRole('region', { name: 'Price', exact: true });
      await price.getByText('No chart yet').waitFor();
      await price.getByText('The exchange does not answer.').waitFor();
      await price.getByText(/^Asked again in \d+ s\.$/).waitFor();
      await faults('DELETE');
      await page.getByRole('img', { name: /^Candles of .*, 4h/ }).waitFor();
      expect(await price.getByText('No chart yet').count()).toBe(0);
    } finally {
      await faults('DELETE');
      await context.close();
    }
  });
}
