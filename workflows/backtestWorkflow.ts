/** One backtest: collect the candles, run the engine on them, store the report. */
import { setCurrentDetails } from '@temporalio/workflow';
import type { BacktestSummary } from '../activities/research.js';
import { research, untilEnded } from './research.js';
import type { ResearchRun } from './researchMessages.js';

export async function backtestWorkflow(run: ResearchRun): Promise<BacktestSummary> {
  return untilEnded(run, async () => {
    setCurrentDetails('collecting candles');
    const plan = await research.prepareBacktest(run);
    setCurrentDetails(`running ${plan.spec.setup.strategy} on ${plan.candles} candles`);
    const summary = await research.runBacktest(plan);
    setCurrentDetails(`${summary.trades} trades, final equity ${summary.finalEquity.toFixed(2)}`);
    return summary;
  });
}
