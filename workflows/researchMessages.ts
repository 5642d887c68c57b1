/** What a backtest or a search is started with. */
export const BACKTEST_WORKFLOW_TYPE = 'backtestWorkflow';
export const SEARCH_WORKFLOW_TYPE = 'searchWorkflow';

export interface ResearchRun {
  /** The document in `backtests`; the workflow's id too. */
  runId: string;
  userId: string;
  kind: 'backtest' | 'search';
  /** As POST /api/backtests and /api/searches take it; times in ISO 8601. */
  request: ResearchRequest;
}

/** Percentages in percent, cash in quote units. */
export interface ResearchRequest {
  strategy: string;
  symbol: string;
  timeframe: string;
  from?: string;
  to?: string;
  cash?: number;
  sizePct?: number;
  feePct?: number;
  slippagePct?: number;
  stopLossPct?: number;
  takeProfitPct?: number;
  /** Of a backtest. */
  params?: Record<string, number>;
  /** Of a search: values to try by parameter; stopLossPct and takeProfitPct may be among them. */
  grid?: Record<string, number[]>;
  /** Of a search: `sample` tries the grid, or a random sample of it; `tpe` lets earlier trials choose the later ones. */
  method?: 'sample' | 'tpe';
  /** Of a search: how many trials are made where the grid has more combinations. */
  maxTrials?: number;
  /** Of the random sample (1). */
  seed?: number;
  /** Walk-forward folds (4). */
  folds?: number;
}
