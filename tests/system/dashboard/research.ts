import type { Visit } from './visit.js';

export function researchTests(visit: () => Visit): void {
  test('a backtest runs from the form to its report', async () => {
    const { page, open } = visit();
    await open('Backtests');
    await page.getByLabel('Strategy').selectOption('sma-cross');
    await page.getByLabel('Stop loss (%)').fill('1.5');
    await page.getByRole('button', { name: 'Run backtest' }).click();
    const report = page.getByRole('region', { name: 'Report' });
    await report.getByText(/^Final equity/).waitFor({ timeout: 40_000 });
    await report.getByText('Sharpe ratio', { exact: true }).waitFor();
    await report.getByRole('table', { name: 'Trades' }).getByRole('row').nth(1).waitFor();
    await page.getByRole('table', { name: 'Backtests' }).getByText('Done').waitFor();
  });
}
