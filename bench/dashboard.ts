/** What a person with a browser feels: first paint, long tasks, and how long an update of the exchange takes to the page. */
import { buildDashboard } from './dashboard/build.js';
import { updateToPage } from './dashboard/latency.js';
import { firstPage, longestTask, seriousFindings } from './dashboard/paint.js';
import { openBrowser, openPage, signIn, startProduct } from './dashboard/product.js';

export async function run(): Promise<object> {
  await buildDashboard();
  const started = await startProduct();
  const browser = await openBrowser();
  try {
    const first = await firstPage(browser, started);
    console.log(JSON.stringify(first));
    const latency = await updateToPage(browser, started);
    console.log(JSON.stringify(latency));
    const page = await openPage(browser);
    await signIn(page, started.runtime.dashboardUrl, started.password);
    const longestTaskMs = await longestTask(page, started);
    const axeSerious = await seriousFindings(page, started);
    return { ...first, longestTaskMs, axeSerious, ...latency };
  } finally {
    await browser.close();
    await started.end();
  }
}
