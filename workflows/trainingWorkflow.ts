/** Trains one model: collect candles, learn fold by fold, judge on unseen months, promote if it is better. */
import { proxyActivities, setCurrentDetails, setHandler, workflowInfo } from '@temporalio/workflow';
import type { TrainingActivities } from '../activities/training.js';
import {
  type TrainingOutcome,
  type TrainingProgress,
  type TrainingRequest,
  trainingProgressQuery,
} from './trainingMessages.js';

const { prepareTraining, trainFold, judgeModel } = proxyActivities<TrainingActivities>({
  startToCloseTimeout: '1 hour',
  // A worker that was killed is noticed within this, and the fold goes on elsewhere or after the restart.
  heartbeatTimeout: '15 seconds',
  retry: { initialInterval: '2 seconds', maximumInterval: '1 minute', maximumAttempts: 20 },
});
const { watchModels } = proxyActivities<TrainingActivities>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '1 minute',
  retry: { initialInterval: '5 seconds', maximumAttempts: 5 },
});

export async function trainingWorkflow(request: TrainingRequest): Promise<TrainingOutcome> {
  const progress: TrainingProgress = { phase: 'COLLECTING', foldsDone: 0, folds: 0, candles: 0, version: null };
  setHandler(trainingProgressQuery, () => progress);
  const plan = await prepareTraining({ ...request, runId: workflowInfo().runId });
  Object.assign(progress, { phase: 'TRAINING', folds: plan.folds, candles: plan.candles });
  // One after another: each fold is a step that a restart resumes at, and training has one thread.
  for (let index = 0; index < plan.folds; index++) {
    setCurrentDetails(`fold ${index + 1} of ${plan.folds}`);
    await trainFold({ plan, index });
    progress.foldsDone = index + 1;
  }
  progress.phase = 'JUDGING';
  setCurrentDetails('judging on unseen rows');
  const outcome = await judgeModel({ plan });
  Object.assign(progress, { phase: 'DONE', version: outcome.version });
  setCurrentDetails(`${outcome.version}: ${outcome.promoted ? 'in use' : 'kept as candidate'}; ${outcome.reason}`);
  return outcome;
}

/** The drift watch: once over all models in use. */
export async function modelWatchWorkflow(): Promise<{ version: string; verdict: string; reason: string }[]> {
  return watchModels();
}
