/** A user's trading settings: what each field may be. Percent is percent (3.0 is 3 %), times are seconds unless named. */
import { z } from 'zod';
import {
  CHANNELS,
  ENTRY_POLICIES,
  TIMEFRAME_MS,
  type Timeframe,
  TRADING_MODES,
  type TradingConfig,
  VENUE_MODES,
} from '../../trading/types.js';
import { isTimeZone, zoneName } from './timeZones.js';

const above = (low: number, high: number) => z.number().gt(low).lte(high);
const between = (low: number, high: number) => z.number().gte(low).lte(high);
const whole = (low: number, high: number) => z.int().gte(low).lte(high);
const distinct = <T>(values: readonly T[]) => new Set(values).size === values.length;

const symbol = z.string().regex(/^[A-Z0-9]{1,20}\/[A-Z0-9]{1,20}$/, 'must be written like BTC/USDT');
const timeframes = Object.keys(TIMEFRAME_MS) as [Timeframe, ...Timeframe[]];

export const notificationSwitches = z.strictObject({
  enabled: z.boolean(),
  channels: z
    .array(z.enum(CHANNELS))
    .max(CHANNELS.length)
    .refine(distinct, 'must not name a channel twice')
    .meta({ uniqueItems: true }),
  tradeNotifications: z.boolean(),
  errorNotifications: z.boolean(),
});

export const riskSettings = z.strictObject({
  dailyLossWarningPct: above(0, 100),
  maxDrawdownPct: above(0, 100),
  maxExposurePct: above(0, 100),
  maxPositionsPerSymbol: whole(1, 100),
  maxTradesPerDay: whole(1, 100_000),
  maxCorrelatedExposurePct: above(0, 100),
  correlationThreshold: between(0, 1),
  losingStreakLimit: whole(1, 1_000),
  cooldownMinutes: between(0, 10_080),
  maxSpreadPct: above(0, 100),
  maxAtrPercentile: above(0, 100),
  maxSlippagePct: above(0, 100),
  maxDataAgeCandles: above(0, 1_000),
  maxClockSkewMs: whole(10, 60_000),
  maxOrdersPerMinute: whole(1, 6_000),
  maxOrderNotional: between(0, 1e12),
  maxApiErrorRatePct: above(0, 100),
  maxApiLatencyMs: whole(10, 600_000),
  minEdgePct: between(0, 100),
  riskPerTradePct: above(0, 100),
  liveCapitalCap: between(0, 1e12),
});

export const exitSettings = z.strictObject({
  trailingStopPct: z.number().gte(0).lt(100),
  breakEvenAfterPct: between(0, 1_000),
  partialTakeProfitPct: between(0, 1_000),
  partialTakeProfitFraction: between(0, 1),
  maxHoldingMinutes: between(0, 5_256_000),
});

export const tradingConfig = z.strictObject({
  tradingMode: z.enum(TRADING_MODES),
  mode: z.enum(VENUE_MODES),
  shadow: z.boolean(),
  maxDailyLossPct: above(0, 100),
  maxPositions: whole(1, 100),
  tradingInterval: whole(1, 86_400),
  symbols: z.array(symbol).min(1).max(50).refine(distinct, 'must not name a symbol twice').meta({ uniqueItems: true }),
  timeframe: z.enum(timeframes),
  entryPolicy: z.enum(ENTRY_POLICIES),
  positionSizePct: above(0, 100),
  stopLossPct: z.number().gt(0).lt(100),
  takeProfitPct: above(0, 1_000),
  liquidateOnEmergency: z.boolean(),
  apiConnectionLostAfter: whole(1, 86_400),
  systemErrorAfter: whole(1, 1_000),
  autoResumeNextDay: z.boolean(),
  timeZone: z.string().max(64).refine(isTimeZone, 'must be an IANA time zone such as Asia/Seoul').overwrite(zoneName),
  notifications: notificationSwitches,
  risk: riskSettings,
  exits: exitSettings,
}) satisfies z.ZodType<TradingConfig>;

/** The fields that a change may give: any of them, and of the nested groups any part. */
export const tradingConfigPatch = tradingConfig
  .extend({
    notifications: notificationSwitches.partial(),
    risk: riskSettings.partial(),
    exits: exitSettings.partial(),
  })
  .partial();
export type TradingConfigPatch = z.infer<typeof tradingConfigPatch>;

/** What the contract says of a new user; the files in config/ may say otherwise. */
export const BUILT_IN: TradingConfig = {
  tradingMode: 'CONSERVATIVE',
  mode: 'paper',
  shadow: false,
  maxDailyLossPct: 3,
  maxPositions: 5,
  tradingInterval: 300,
  symbols: ['BTC/USDT', 'ETH/USDT'],
  timeframe: '5m',
  entryPolicy: 'ensemble',
  positionSizePct: 2,
  stopLossPct: 1,
  takeProfitPct: 2,
  liquidateOnEmergency: false,
  apiConnectionLostAfter: 300,
  systemErrorAfter: 5,
  autoResumeNextDay: false,
  timeZone: 'UTC',
  notifications: {
    enabled: true,
    channels: ['dashboard', 'email'],
    tradeNotifications: true,
    errorNotifications: true,
  },
  risk: {
    dailyLossWarningPct: 80,
    maxDrawdownPct: 20,
    maxExposurePct: 60,
    maxPositionsPerSymbol: 1,
    maxTradesPerDay: 200,
    maxCorrelatedExposurePct: 40,
    correlationThreshold: 0.8,
    losingStreakLimit: 4,
    cooldownMinutes: 30,
    maxSpreadPct: 0.3,
    maxAtrPercentile: 98,
    maxSlippagePct: 0.5,
    maxDataAgeCandles: 3,
    maxClockSkewMs: 1_000,
    maxOrdersPerMinute: 60,
    maxOrderNotional: 0,
    maxApiErrorRatePct: 50,
    maxApiLatencyMs: 5_000,
    minEdgePct: 0.05,
    riskPerTradePct: 1,
    liveCapitalCap: 0,
  },
  exits: {
    trailingStopPct: 0,
    breakEvenAfterPct: 0,
    partialTakeProfitPct: 0,
    partialTakeProfitFraction: 0,
    maxHoldingMinutes: 0,
  },
};
