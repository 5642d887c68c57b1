/** Public market data as the exchange has it. */
import { z } from 'zod';
import { ANOMALY_CODES } from '../../trading/types.js';
import { isoTime, moment, symbolName, timeframeName, wholeInQuery } from './common.js';

export const marketQuery = z.strictObject({
  symbols: z
    .string()
    .max(1_000)
    .optional()
    .meta({ description: "Names separated by commas; the user's own symbols unless given", examples: ['BTC/USDT'] }),
});
const anomaly = z.object({
  code: z.enum(ANOMALY_CODES),
  symbol: z.string(),
  actual: z.number().nullable(),
  limit: z.number(),
  unit: z.string(),
});
export const marketEntry = z.object({
  symbol: z.string(),
  price: z.number(),
  bid: z.number(),
  ask: z.number(),
  spreadPct: z.number(),
  quoteVolume: z.number(),
  marketTime: isoTime,
  ageSeconds: z.number().nullable().meta({ description: 'Age of the newest closed candle on the market clock' }),
  anomalies: z.array(anomaly),
  problem: z.string().nullable(),
});
export const market = z.object({
  items: z.array(marketEntry),
  missing: z
    .array(z.object({ symbol: z.string(), problem: z.string() }))
    .meta({ description: "The user's own symbols without a price, and why: not listed by the exchange, for one" }),
});

export const symbolRules = z.object({
  symbol: z.string(),
  base: z.string(),
  quote: z.string(),
  tickSize: z.string(),
  stepSize: z.string(),
  minQuantity: z.string(),
  maxQuantity: z.string(),
  minNotional: z.string(),
  ocoAllowed: z.boolean(),
  makerFee: z.number(),
  takerFee: z.number(),
});
export const symbols = z.object({ items: z.array(symbolRules.loose()) });

export const candlesQuery = z.strictObject({
  symbol: symbolName,
  timeframe: timeframeName,
  from: moment.optional(),
  to: moment.optional(),
  limit: wholeInQuery(1, 1_000).optional().meta({ description: 'How many at most (500)' }),
});
export const candles = z.object({
  items: z.array(z.array(z.number())).meta({
    description: 'Oldest first: [opening time in ms UTC, open, high, low, close, volume in base]',
  }),
  asOf: isoTime.meta({ description: 'When the exchange was asked for them' }),
  current: z.boolean().meta({ description: 'false: the exchange has not answered since; at most ten minutes old' }),
});
