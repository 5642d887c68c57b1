/** A parameter search: batches of trials over all workers, each finished batch kept in the history. */
import { setCurrentDetails } from '@temporalio/workflow';
import type { SearchSummary } from '../activities/research.js';
import type { BatchFindings } from '../trading/backtest/search.js';
import { research, untilEnded } from './research.js';
import type { ResearchRun } from './researchMessages.js';

/** Batches that wait or run at a time; each worker takes as many as it has processors for. */
const LANES = 16;

export async function searchWorkflow(run: ResearchRun): Promise<SearchSummary> {
  return untilEnded(run, async () => {
    setCurrentDetails('collecting candles');
    const plan = await research.prepareSearch(run);
    const { batchSize, trials } = plan;
    const batches = Math.ceil(trials / batchSize);
    const findings: BatchFindings[] = [];
    let next = 0;
    let done = 0;
    async function lane(): Promise<void> {
      while (next < batches) {
        const batch = next++;
        const first = batch * batchSize;
        const count = Math.min(batchSize, trials - first);
        findings[batch] = await research.runTrials({ plan, first, count, done });
        done += count;
        setCurrentDetails(`${done} of ${trials} trials`);
      }
    }
    await Promise.all(Array.from({ length: Math.min(LANES, batches) }, lane));
    const summary = await research.judgeSearch({ plan, findings });
    setCurrentDetails(
      `${trials} trials; deflated Sharpe ratio of the best: ${summary.deflatedSharpe ?? 'not defined'}`,
    );
    return summary;
  });
}
