export { edgeRejections, toldProbability } from './edge.js';
export {
  decide,
  ENSEMBLE_WARM_UP,
  type EvaluateOptions,
  evaluateSignal,
  HOLD_BELOW,
  leadingStrategy,
  type NewestVotes,
  newestVotes,
  roundTripCostPct,
} from './evaluate.js';
export { createStrategy, isStrategyName, STRATEGIES, type StrategyName } from './registry.js';
export { type Setup, type SetupProblem, setupProblems } from './setup.js';
export { type ParameterSpec, type Strategy, StrategyError, type StrategyFactory } from './strategy.js';
export { SIGNAL_QUALITY, type SignalContext, type SignalVerdict, validateSignal } from './validate.js';
export { findLookahead, findUnlikeStream, findVotesUnlikeStream, type LookaheadFinding } from './lookahead.js';
export { reducedConfidence, WITHOUT_MODEL, type WithoutModel, withoutModel } from './withoutModel.js';
