export { tradingWorkflow } from './tradingWorkflow.js';
export { notificationDigestWorkflow } from './notificationDigestWorkflow.js';
export { notificationWorkflow } from './notificationWorkflow.js';
export { holdWorkflow } from './holdWorkflow.js';
export { campaignWorkflow } from './campaignWorkflow.js';
export { modelWatchWorkflow, trainingWorkflow } from './trainingWorkflow.js';
export { bareLoopWorkflow, bareUpdateWorkflow } from './bareLoopWorkflow.js';
export { backtestWorkflow } from './backtestWorkflow.js';
export { searchWorkflow } from './searchWorkflow.js';
