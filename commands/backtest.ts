import { backtestOptions } from './backtest/options.js';
import { loadCandles } from './backtest/load.js';
import { runPlain } from './backtest/plain.js';
import { reportOf, summaryText } from './backtest/report.js';
import { keepInputs, runCommand, writeReport } from './usage.js';

// Everything that only some calls need (the live rules, the HTML report) is loaded when they ask for it.
await runCommand(async () => {
  const options = backtestOptions(process.argv.slice(2));
  const { sources, models: model, json, html } = options;
  const inputs = {
    data: sources.map(({ path }) => path),
    detail: sources.flatMap(({ detail }) => detail ?? []),
    model,
  };
  keepInputs(inputs, { json, html });
  const say = (line: string) => options.quiet || console.error(line);
  const markets = loadCandles(options, say);
  const run =
    options.rules === 'live'
      ? (await import('./backtest/live.js')).runLive(markets, options, say)
      : runPlain(markets, options, say);
  const report = reportOf(run, markets, options);
  if (options.json) writeReport('json', options.json, `${JSON.stringify(report)}\n`);
  if (options.html) writeReport('html', options.html, (await import('./backtest/html.js')).htmlReport(report, run));
  console.log(summaryText(report, options));
});
