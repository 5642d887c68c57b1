/**
 * The fault campaign's driver: enters and leaves positions in rounds, through the very activities that trading uses,
 * and stops in an emergency by the very code. Runs only where a worker was started with CAMPAIGN=true.
 */
import {
  CancellationScope,
  continueAsNew,
  isCancellation,
  proxyActivities,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { CampaignActivities } from '../activities/campaign.js';
import type { PositionsReport } from '../activities/types.js';
import { windUpSignal } from './campaignMessages.js';
import { runEmergency } from './emergency.js';
import { emergencySignal } from './messages.js';
import { changesOfRun } from './patches.js';
import { newSession, requestEmergency, type Session } from './session.js';
import { newTradingState, type TradingState } from './state.js';
import { trade } from './steps.js';

export interface CampaignInput {
  userId: string;
  symbols: string[];
  rounds: number;
  /** Rounds done before this run. */
  done?: number;
  carried?: TradingState;
}

const plan = proxyActivities<CampaignActivities>({
  startToCloseTimeout: '30 seconds',
  heartbeatTimeout: '3 seconds',
  retry: { initialInterval: '300 milliseconds', backoffCoefficient: 2, maximumInterval: '3 seconds' },
});

export async function campaignWorkflow(input: CampaignInput): Promise<number> {
  const { userId, rounds } = input;
  const session = newSession(input.carried ?? newTradingState(userId, Date.now()), changesOfRun());
  setHandler(emergencySignal, (request) => requestEmergency(session, request ?? {}, Date.now()));
  let ending = false;
  setHandler(windUpSignal, () => void (ending = true));
  for (let round = input.done ?? 0; round < rounds && !ending; round++) {
    await interruptible(session, () => playRound(input, round));
    if (workflowInfo().continueAsNewSuggested && session.beside === 0 && !ending)
      return continueAsNew<typeof campaignWorkflow>({ ...input, done: round + 1, carried: session.state });
  }
  // What late or lagging answers left behind is looked after until the account is quiet.
  let quiet = false;
  for (let look = 0; look < 60 && !quiet; look++) {
    await interruptible(session, async () => {
      quiet = await settle(input);
    });
    if (!quiet) await sleep('500 milliseconds');
  }
  return rounds;
}

/** An emergency cancels what goes on and is worked through before anything else; the rounds after it must be refused. */
async function interruptible(session: Session, work: () => Promise<void>): Promise<void> {
  const scope = new CancellationScope();
  session.running = scope;
  try {
    await scope.run(work);
  } catch (error) {
    if (!isCancellation(error) || !session.state.emergencyRequest) throw error;
  } finally {
    session.running = null;
  }
  while (session.state.emergencyRequest) {
    try {
      await runEmergency(session);
    } catch (error) {
      if (isCancellation(error)) throw error;
      await sleep('1 second');
    }
  }
}

async function playRound({ userId, symbols }: CampaignInput, round: number): Promise<void> {
  const symbol = symbols[round % symbols.length]!;
  const entry = await plan.planEntry({ userId, symbol, round });
  if (entry) await settled(() => trade.executeTrade({ userId, cycle: round, plan: entry }));
  await looked(() => trade.managePositions({ userId, cycle: round, exits: [], why: 'campaign' }));
  const exits = await plan.planExits({ userId });
  if (exits.length > 0)
    await looked(() => trade.managePositions({ userId, cycle: round, exits, why: 'campaign: leave' }));
}

async function settle({ userId, rounds }: CampaignInput): Promise<boolean> {
  const exits = await plan.planExits({ userId });
  const report = await looked(() => trade.managePositions({ userId, cycle: rounds, exits, why: 'campaign: settle' }));
  return report.openPositions === 0 && report.unresolved === 0;
}

/** Like the trading loop: a step that gave up is not repeated, the next look finds what it left. */
async function settled(step: () => Promise<unknown>): Promise<void> {
  try {
    await step();
  } catch (error) {
    if (isCancellation(error)) throw error;
  }
}

/** Like the trading loop: a look that failed is done again soon. */
async function looked(look: () => Promise<PositionsReport>): Promise<PositionsReport> {
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (isCancellation(error)) throw error;
      await sleep('2 seconds');
    }
  }
}
