/** What training is asked for by and what it tells. */
import { defineQuery } from '@temporalio/workflow';

export const TRAINING_TASK_QUEUE = 'trading-training';
export const TRAINING_WORKFLOW_TYPE = 'trainingWorkflow';
export const MODEL_WATCH_WORKFLOW_TYPE = 'modelWatchWorkflow';

/** One training of a symbol and timeframe at a time. */
export const trainingWorkflowId = (symbol: string, timeframe: string): string =>
  `training-${symbol.replace('/', '')}-${timeframe}`;

export interface TrainingRequest {
  symbol: string;
  timeframe: string;
  /** How much history to learn from, in days; what the exchange has may be less. */
  historyDays?: number;
  /** Who or what asked: an administrator's id, or `schedule`. */
  by?: string;
}

export const TRAINING_PHASES = ['COLLECTING', 'TRAINING', 'JUDGING', 'DONE'] as const;

export interface TrainingProgress {
  phase: (typeof TRAINING_PHASES)[number];
  foldsDone: number;
  folds: number;
  candles: number;
  version: string | null;
}

export interface TrainingOutcome {
  version: string;
  promoted: boolean;
  reason: string;
  test: {
    n: number;
    baseRate: number;
    auc: number;
    brier: number;
    brierSkill: number;
    brierSkillVsVolatility: number;
    ece: number;
  };
}

export const trainingProgressQuery = defineQuery<TrainingProgress>('progress');
