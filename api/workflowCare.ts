/**
 * Every account has its trading workflow, also after one was terminated by hand or Temporal has lost its data: who traded
 * trades on, and what is held is looked after, without anybody having to ask for it.
 */
import type { Client } from '@temporalio/client';
import { inLanes } from '../adapters/lanes.js';
import { TRADING_WORKFLOW_TYPE, tradingWorkflowId } from '../workflows/messages.js';
import type { ApiDependencies } from './dependencies.js';
import { inRounds } from './rounds.js';
import type { TradingService } from './services/trading.js';

const RUNNING = `WorkflowType = '${TRADING_WORKFLOW_TYPE}' AND ExecutionStatus = 'Running'`;
/** At a time: each begins with a look at the exchange. */
const LANES = 5;
const ANSWER_MS = 20_000;

type Dependencies = Pick<ApiDependencies, 'client' | 'repositories' | 'log'>;

/** Counted each round; looked at one by one where workflows are missing, and in each so many-th round. */
const THOROUGH_EVERY = 40;

/** Failures in a row until it is told, once: servers that start together come up together. */
const TOLD_AFTER = 4;

/** @returns ends it */
export function startWorkflowCare(deps: Dependencies, trading: TradingService, everyMs = 15_000): () => void {
  let round = 0;
  let failures = 0;
  const look = async (): Promise<void> => {
    const thorough = round % THOROUGH_EVERY === 0;
    if (thorough || (await areFewer(deps))) await beginLostOnes(deps, trading);
    round += 1;
    failures = 0;
  };
  return inRounds(look, {
    firstMs: 1_000,
    nextMs: () => everyMs,
    failed: (error) => {
      // Temporal is away, which the watchdog tells, or knows no lists.
      const level = ++failures === TOLD_AFTER ? 'warn' : 'debug';
      deps.log[level]({ error: String(error) }, 'lost workflows cannot be looked for; tried again');
    },
  });
}

const bounded = <T>(client: Client, call: () => Promise<T>): Promise<T> =>
  client.withDeadline(Date.now() + ANSWER_MS, call);

async function areFewer({ client, repositories }: Dependencies): Promise<boolean> {
  const counting = bounded(client, () => client.workflow.count(RUNNING));
  const [accounts, { count }] = await Promise.all([repositories.users.count(), counting]);
  return count < accounts;
}

/** Temporal lists a workflow a moment after it began: whoever is asked to begin and runs already just runs on. */
export async function beginLostOnes(
  { client, repositories, log }: Dependencies,
  trading: TradingService,
): Promise<void> {
  const running = new Set<string>();
  await bounded(client, async () => {
    for await (const { workflowId } of client.workflow.list({ query: RUNNING })) running.add(workflowId);
  });
  const lost = (await repositories.users.ids()).filter((userId) => !running.has(tradingWorkflowId(userId)));
  await inLanes(lost, LANES, async (userId) => {
    try {
      if (await trading.ensure(userId))
        log.warn({ userId }, 'a trading workflow was gone and began anew over the books');
    } catch (error) {
      log.warn({ userId, error: String(error) }, 'a trading workflow is gone and could not begin anew; tried again');
    }
  });
}
