export { equityCurve, holdingCurve } from './equity.js';
export { exitInside, firstTouch, type Levels, levelsFrom } from './fills.js';
export { runSingle, type SingleOptions } from './single.js';
export type { BacktestResult, BacktestTrade, CostModel } from './types.js';
export {
  type Moment,
  type PortfolioMarket,
  type PortfolioOptions,
  type PortfolioResult,
  runPortfolio,
} from './portfolio.js';
