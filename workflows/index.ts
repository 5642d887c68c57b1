export { tradingWorkflow } from './tradingWorkflow.js';
