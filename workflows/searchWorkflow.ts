/** A parameter search: batches of trials over all workers, each finished batch kept in the history. */
import { setCurrentDetails } from '@temporalio/workflow';
import type { SearchPlan, SearchSummary } from '../activities/research.js';
import { triedOf } from '../trading/backtest/guided.js';
import type { BatchFindings } from '../trading/backtest/search.js';
import { research, untilEnded } from './research.js';
import type { ResearchRun } from './researchMessages.js';

/** Batches that wait or run at a time; each worker takes as many as it has processors for. */
const LANES = 16;

export async function searchWorkflow(run: ResearchRun): Promise<SearchSummary> {
  return untilEnded(run, async () => {
    setCurrentDetails('collecting candles');
    const plan = await research.prepareSearch(run);
    const search = tryOut(plan);
    const drawn = plan.shape.indices.length;
    await search.all(
      Array.from({ length: Math.ceil(drawn / plan.batchSize) }, (_, batch) => {
        const first = batch * plan.batchSize;
        return { first, count: Math.min(plan.batchSize, drawn - first) };
      }),
    );
    for (let round = 0; round < (plan.rounds?.length ?? 0); round++) {
      const tried = search.findings.map(triedOf);
      const proposals = await research.proposeTrials({ plan, tried, round });
      await search.all(
        proposals.flatMap(({ knows, indices }) =>
          Array.from({ length: Math.ceil(indices.length / plan.batchSize) }, (_, batch) => ({
            knows,
            indices: indices.slice(batch * plan.batchSize, (batch + 1) * plan.batchSize),
          })),
        ),
      );
    }
    const summary = await research.judgeSearch({ plan, findings: search.findings });
    setCurrentDetails(
      `${summary.trials} trials; deflated Sharpe ratio of the best: ${summary.deflatedSharpe ?? 'not defined'}`,
    );
    return summary;
  });
}

type Batch = { first: number; count: number } | { knows: number; indices: number[] };

/** Tries batches out, several at a time, and keeps what they found in the order in which they were given. */
function tryOut(plan: SearchPlan) {
  const findings: BatchFindings[] = [];
  let done = 0;
  return {
    findings,
    async all(batches: readonly Batch[]): Promise<void> {
      const before = findings.length;
      let next = 0;
      async function lane(): Promise<void> {
        while (next < batches.length) {
          const place = next++;
          const batch = batches[place]!;
          findings[before + place] = await research.runTrials({ plan, done, ...batch });
          done += 'count' in batch ? batch.count : batch.indices.length;
          setCurrentDetails(`${done} of ${plan.trials} trials`);
        }
      }
      await Promise.all(Array.from({ length: Math.min(LANES, batches.length) }, lane));
    },
  };
}
