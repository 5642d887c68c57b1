/** Models, backtests and searches. */
import { z } from 'zod';
import { isoTime, moment, page, pageQuery, symbolName, timeframeName } from './common.js';

const parameterName = z.string().regex(/^[A-Za-z][\w-]{0,39}$/, 'must be a name');
const setup = {
  strategy: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be the name of a strategy'),
  symbol: symbolName,
  timeframe: timeframeName,
  from: moment.optional(),
  to: moment.optional(),
  cash: z.number().gt(0).lte(1e12).optional().meta({ description: 'Quote units (10000)' }),
  sizePct: z.number().gt(0).lte(100).optional().meta({
    description:
      "Percent of cash an entry takes (100). The strategy ensemble trades by the user's own limits: of equity, their positionSizePct unless given, at most risk.maxExposurePct and risk.maxCorrelatedExposurePct",
  }),
  feePct: z.number().gte(0).lt(100).optional().meta({ description: 'Percent of the traded value per side (0.1)' }),
  slippagePct: z.number().gte(0).lt(100).optional().meta({ description: 'Percent per fill (0)' }),
  stopLossPct: z.number().gt(0).lt(100).optional().meta({ description: "Percent of the entry's price (1)" }),
  takeProfitPct: z.number().gt(0).lte(1_000).optional().meta({ description: "Percent of the entry's price (2)" }),
};
export const newBacktest = z.strictObject({ ...setup, params: z.record(parameterName, z.number()).optional() });
export const newSearch = z.strictObject({
  ...setup,
  grid: z
    .record(parameterName, z.array(z.number()).min(1).max(100))
    .meta({ description: 'Values to try by parameter; stopLossPct and takeProfitPct may be among them' }),
  method: z.enum(['sample', 'tpe']).optional().meta({
    description: 'The whole grid or a random sample of it (sample); or later trials chosen by the earlier ones (tpe)',
  }),
  maxTrials: z.number().int().min(1).max(10_000).optional().meta({
    description: 'Trials where the grid has more combinations: of a random sample, or of tpe (200, at most 2000)',
  }),
  seed: z.number().int().min(0).max(2_147_483_647).optional().meta({ description: 'Of what is drawn (1)' }),
  folds: z.number().int().min(1).max(12).optional().meta({ description: 'Walk-forward folds (4)' }),
});

export const run = z.object({
  id: z.string(),
  kind: z.enum(['backtest', 'search']),
  status: z.enum(['QUEUED', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED']),
  progress: z.number(),
  request: z.record(z.string(), z.unknown()),
  result: z.record(z.string(), z.unknown()).nullable().optional(),
  results: z.array(z.record(z.string(), z.unknown())).optional(),
  error: z.string().nullable(),
  createdAt: isoTime,
  updatedAt: isoTime,
  finishedAt: isoTime.nullable(),
});
export const runs = page(run);
export const runsQuery = pageQuery;

export const model = z.object({
  version: z.string(),
  symbol: z.string(),
  timeframe: z.string(),
  stage: z.enum(['candidate', 'shadow', 'active', 'retired', 'failed']),
  inUse: z.boolean(),
  report: z.record(z.string(), z.unknown()).nullable(),
  trainedFrom: isoTime.nullable(),
  trainedTo: isoTime.nullable(),
  createdAt: isoTime,
});
export const models = z.object({ items: z.array(model), nextCursor: z.null() });
export const train = z.strictObject({ symbol: symbolName.optional(), timeframe: timeframeName.optional() });
export const trainAnswer = z.object({ workflowId: z.string() });
export const versionParams = z.strictObject({ version: z.string().min(1).max(200) });
