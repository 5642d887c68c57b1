/** Settings, control, and what the loop left behind. */
import { z } from 'zod';
import { configChange } from '../../adapters/config/designForm.js';
import { tradingConfig } from '../../adapters/config/tradingConfig.js';
import {
  EMERGENCY_TRIGGERS,
  LOG_COMPONENTS,
  LOG_LEVELS,
  ORDER_PURPOSES,
  RISK_STATES,
  SIGNAL_TYPES,
  TRADING_STATUSES,
  VENUE_MODES,
} from '../../trading/types.js';
import { totpCode } from './accounts.js';
import { isoTime, moment, page, pageQuery, searchText, symbolName } from './common.js';

export const config = z.object({
  userId: z.string(),
  isEnabled: z.boolean(),
  ...tradingConfig.shape,
  createdAt: isoTime,
  updatedAt: isoTime,
});
export const configPut = configChange.extend({
  confirmLive: z.boolean().optional().meta({ description: 'Real orders with real money are meant; live asks for it' }),
  totp: totpCode
    .optional()
    .meta({ description: 'A code of the authenticator app; trading real money is begun with it' }),
});
export const configPutAnswer = config.extend({ warnings: z.array(z.string()) });

export const stop = z.strictObject({ mode: z.enum(['now', 'reduce']).optional() });
export const emergencyStop = z.strictObject({
  liquidate: z.boolean().optional(),
  reason: z.string().max(500).optional(),
});
export const reset = z.strictObject({ reason: z.string().max(500).optional() });
export const control = z.object({ status: z.enum(TRADING_STATUSES), since: isoTime });

export const refusal = z.object({
  approved: z.literal(false),
  code: z.string(),
  symbol: z.string().optional(),
  limit: z.number().nullable(),
  actual: z.number().nullable(),
  unit: z.string(),
  until: z.number().optional(),
});
const orderRef = z.object({ symbol: z.string(), clientOrderId: z.string(), purpose: z.string() });
export const receipt = z.object({
  trigger: z.enum(EMERGENCY_TRIGGERS),
  reason: z.string(),
  triggeredAt: isoTime,
  haltedAt: isoTime.nullable(),
  finishedAt: isoTime.nullable(),
  cancelledOrders: z.array(orderRef),
  liquidated: z.array(z.object({ symbol: z.string(), quantity: z.string(), averagePrice: z.string().nullable() })),
  openOrdersAfter: z.number(),
  protectiveOrders: z.array(orderRef.extend({ quantity: z.string(), price: z.string() })),
  positionsAfter: z.array(z.object({ symbol: z.string(), quantity: z.string() })),
  notified: z.boolean(),
  steps: z.array(z.object({ at: isoTime, text: z.string() })),
});
export const status = z.object({
  status: z.enum(TRADING_STATUSES),
  riskState: z.enum(RISK_STATES),
  mode: z.enum(VENUE_MODES),
  since: isoTime,
  uptimeSeconds: z.number(),
  cycle: z.int(),
  lastCycleAt: isoTime.nullable(),
  nextCycleAt: isoTime.nullable(),
  activeSignals: z.int(),
  tradesToday: z.int(),
  dailyPnl: z.number(),
  dailyPnlPct: z.number(),
  equity: z.number(),
  openPositions: z.int(),
  refusals: z.array(refusal),
  lastError: z.object({ at: isoTime, code: z.string(), message: z.string() }).nullable(),
  emergency: receipt.nullable(),
  fleet: z
    .object({ stopped: z.boolean(), reason: z.string(), since: isoTime.nullable() })
    .meta({ description: 'Whether the administrator has stopped everyone; starts answer 409 until the release' }),
});

export const workflow = z.object({
  workflowId: z.string(),
  url: z.string().nullable().meta({ description: "In Temporal's Web UI, where its address is known" }),
});

const textSearch = searchText;
export const logsQuery = pageQuery.extend({
  level: z.enum(LOG_LEVELS).optional(),
  component: z.enum(LOG_COMPONENTS).optional(),
  symbol: symbolName.optional(),
  q: textSearch.optional().meta({ description: 'Text in the message, upper and lower case alike' }),
});
export const log = z.object({
  id: z.string(),
  userId: z.string(),
  timestamp: isoTime,
  logLevel: z.enum(LOG_LEVELS),
  component: z.enum(LOG_COMPONENTS),
  message: z.string(),
  data: z.record(z.string(), z.unknown()).nullable(),
});
export const logs = page(log);

export const signalsQuery = pageQuery.extend({
  symbol: symbolName.optional(),
  signalType: z.enum(SIGNAL_TYPES).optional(),
  active: z.enum(['true', 'false']).optional(),
  executed: z.enum(['true', 'false']).optional(),
  q: textSearch.optional().meta({ description: 'Text in the reasons' }),
});
export const signal = z.object({
  id: z.string(),
  userId: z.string(),
  symbol: z.string(),
  signalType: z.enum(SIGNAL_TYPES),
  confidenceScore: z.int(),
  entryPrice: z.number(),
  stopLoss: z.number(),
  takeProfit: z.number(),
  executed: z.boolean(),
  executionPrice: z.number().nullable(),
  active: z.boolean(),
  createdAt: isoTime,
  executedAt: isoTime.nullable(),
  candleTime: isoTime,
  probability: z.number().nullable(),
  modelVersion: z.string().nullable(),
  rejection: z.string().nullable(),
  reasons: z.array(z.string()),
  votes: z.record(z.string(), z.number()).meta({ description: 'By strategy, -1 (sell) to 1 (buy)' }),
  contributions: z
    .array(z.object({ feature: z.string(), value: z.number(), effect: z.number() }))
    .meta({ description: "What moved the model's probability most; effect in log odds" }),
  analyst: z
    .object({
      verdict: z.enum(['KEEP', 'LOWER', 'VETO']).nullable(),
      reason: z.string().nullable(),
      problem: z.string().nullable(),
      before: z.number(),
      after: z.number(),
      milliseconds: z.number(),
      asked: z.record(z.string(), z.number()),
    })
    .nullable()
    .meta({ description: 'What a configured analyst was asked and answered; confidence before and after' }),
});
export const signals = page(signal);

export const ordersQuery = pageQuery.extend({
  symbol: symbolName.optional(),
  status: z.string().max(40).optional(),
  purpose: z.enum(ORDER_PURPOSES).optional(),
  side: z.enum(['BUY', 'SELL']).optional(),
  intentId: z.string().max(100).optional(),
  positionId: z.string().max(100).optional().meta({ description: 'Everything that was sent for one position' }),
  q: textSearch.optional().meta({ description: 'Part of an order id' }),
});
export const order = z.object({
  id: z.string(),
  userId: z.string(),
  intentId: z.string(),
  clientOrderId: z.string(),
  exchangeOrderId: z.string().nullable(),
  positionId: z.string().nullable(),
  symbol: z.string(),
  side: z.enum(['BUY', 'SELL']),
  type: z.string(),
  purpose: z.enum(ORDER_PURPOSES),
  status: z.string(),
  quantity: z.number(),
  filledQuantity: z.number(),
  price: z.number().nullable(),
  stopPrice: z.number().nullable(),
  averagePrice: z.number().nullable(),
  fees: z.number(),
  mode: z.enum(VENUE_MODES),
  orderListId: z.string().nullable().meta({ description: "The exchange's id of the list that it is a leg of" }),
  listClientOrderId: z.string().nullable(),
  generation: z.int().meta({ description: 'Of the same leg: 1 is the second that was sent' }),
  fenceTimestamp: z.number().nullable().meta({ description: "The exchange's time in its signed request, ms" }),
  recvWindow: z.number().nullable().meta({ description: 'How long after that the exchange takes it, ms' }),
  exitReason: z.string().nullable().meta({ description: 'Why this sale was sent; null of other orders' }),
  decision: z
    .record(z.string(), z.unknown())
    .nullable()
    .optional()
    .meta({ description: 'Of an entry: what decided it' }),
  reason: z.string().nullable().meta({ description: 'Why it was refused or given up' }),
  transitions: z.array(z.object({ at: isoTime, from: z.string().nullable(), to: z.string(), evidence: z.string() })),
  createdAt: isoTime,
  updatedAt: isoTime,
});
export const orders = page(order);

export const tradesQuery = pageQuery.extend({
  symbol: symbolName.optional(),
  exitReason: z.string().max(40).optional(),
  positionId: z.string().max(100).optional(),
  q: textSearch.optional().meta({ description: 'Text in the symbol or the exit reason' }),
});
export const trade = z.object({
  id: z.string(),
  userId: z.string(),
  positionId: z.string(),
  symbol: z.string(),
  entryTime: isoTime,
  entryPrice: z.number(),
  exitTime: isoTime,
  exitPrice: z.number(),
  quantity: z.number(),
  fees: z.number(),
  pnl: z.number(),
  pnlPct: z.number(),
  exitReason: z.string(),
  strategy: z.string().nullable(),
  leadingStrategy: z.string().nullable().meta({ description: 'Whose vote weighed most in the entry' }),
  mode: z.enum(VENUE_MODES),
});
export const trades = page(trade);

export const positionsQuery = pageQuery.extend({
  symbol: symbolName.optional(),
  status: z.enum(['open', 'closed', 'all']).optional().meta({ description: '`open` unless given' }),
  q: textSearch.optional().meta({ description: 'Part of a symbol or an id' }),
});
export const position = z.object({
  id: z.string(),
  userId: z.string(),
  symbol: z.string(),
  status: z.string(),
  quantity: z.number(),
  entryQuantity: z.number(),
  entryPrice: z.number(),
  entryTime: isoTime,
  stopPrice: z.number(),
  targetPrice: z.number(),
  highestPrice: z.number().meta({ description: 'Since the entry; what a trailing stop follows' }),
  partialTaken: z.boolean(),
  currentPrice: z.number().nullable(),
  unrealizedPnl: z.number().nullable(),
  unrealizedPnlPct: z.number().nullable(),
  realizedPnl: z.number(),
  missing: z.number().meta({ description: 'Bought, and gone without a sale of ours: 0 as a rule' }),
  pendingExit: z
    .string()
    .nullable()
    .meta({ description: 'All of it is being sold for this reason, and a part is left; null as a rule' }),
  protection: z.record(z.string(), z.unknown()).nullable(),
  unprotectedSince: isoTime.nullable(),
  exitTime: isoTime.nullable(),
  exitPrice: z.number().nullable(),
  exitReason: z.string().nullable(),
  intentId: z.string().meta({ description: 'Of its entry: what its orders have in common' }),
  signalId: z.string().nullable(),
  strategy: z.string().nullable(),
  leadingStrategy: z.string().nullable(),
  mode: z.enum(VENUE_MODES),
  createdAt: isoTime,
  updatedAt: isoTime,
});
export const positions = page(position);
export const closeAnswer = z.object({ positionId: z.string(), status: z.enum(['CLOSING', 'CLOSED']) });

export const performanceQuery = z.strictObject({ from: moment.optional(), to: moment.optional() });
export const equityPoint = z.object({
  timestamp: isoTime,
  equity: z.number(),
  drawdownPct: z.number(),
  cash: z.number().optional(),
  positionsValue: z.number().optional(),
  realizedPnl: z.number().optional(),
  unrealizedPnl: z.number().optional(),
  dailyPnl: z.number().optional(),
  dailyPnlPct: z.number().optional(),
});
export const performance = z.object({
  equity: z.array(equityPoint),
  metrics: z.record(z.string(), z.number().nullable()),
  byStrategy: z
    .array(
      z.object({
        strategy: z.string(),
        trades: z.int(),
        wins: z.int(),
        winRatePct: z.number(),
        pnl: z.number(),
        averagePnlPct: z.number(),
      }),
    )
    .meta({ description: 'Closed trades by the strategy whose vote weighed most in the entry' }),
});

export const account = z.object({
  mode: z.enum(VENUE_MODES),
  asOf: isoTime,
  balances: z.array(z.object({ asset: z.string(), free: z.string(), locked: z.string(), total: z.string() })),
  transfers: z
    .array(
      z.object({
        id: z.string(),
        kind: z.enum(['deposit', 'withdrawal', 'unrecorded']),
        asset: z.string(),
        amount: z.string().meta({ description: 'Negative where it went out' }),
        at: isoTime,
      }),
    )
    .meta({ description: 'Deposits and withdrawals seen, oldest first; unrecorded: a change without a record' }),
  explained: z
    .array(
      z.object({
        asset: z.string(),
        total: z.string(),
        before: z.string(),
        own: z.string(),
        foreign: z.string(),
        deposits: z.string(),
        withdrawals: z.string(),
        unrecorded: z.string(),
        difference: z.string().meta({ description: 'For a moment also what has just been filled' }),
        pending: z.string().meta({ description: 'A difference that trading has seen: no entries while it lasts' }),
      }),
    )
    .nullable()
    .meta({ description: 'What each balance is made of; null until trading has looked at the account' }),
  notices: z
    .array(z.object({ id: z.string(), at: isoTime, level: z.enum(LOG_LEVELS), code: z.string(), message: z.string() }))
    .meta({ description: 'What looks at the account have found, the newest first; codes as in docs/EXCHANGE.md' }),
});
