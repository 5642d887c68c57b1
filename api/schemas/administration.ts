/** Exchange keys, the audit log, and the whole fleet. */
import { z } from 'zod';
import { TRADING_STATUSES, VENUE_MODES } from '../../trading/types.js';
import { totpCode } from './accounts.js';
import { isoTime, page, pageQuery } from './common.js';

const key = z.string().regex(/^[\x21-\x7e]{8,200}$/, 'must be 8 to 200 characters without blanks');
export const credentialsPut = z.strictObject({
  apiKey: key,
  secret: key,
  label: z.string().max(100).optional(),
  totp: totpCode.optional().meta({ description: 'Needed where two-factor sign-in is on' }),
});
export const credentialsDelete = z.strictObject({ totp: totpCode.optional() });
export const credentials = z.object({
  configured: z.boolean(),
  exchange: z.string(),
  label: z.string().optional(),
  apiKeyHint: z.string().optional().meta({ description: 'The last four characters' }),
  verifiedAt: isoTime.nullable(),
  permissions: z.record(z.string(), z.boolean()).nullable(),
  problem: z.string().nullable(),
  updatedAt: isoTime.optional(),
});

export const auditQuery = pageQuery.extend({
  all: z.enum(['true', 'false']).optional().meta({ description: "Everybody's, for administrators" }),
});
export const auditEntry = z.object({
  id: z.string(),
  at: isoTime,
  actorId: z.string().nullable(),
  actor: z.string().nullable(),
  userId: z.string().nullable(),
  action: z.string(),
  target: z.string(),
  changes: z.record(z.string(), z.unknown()),
  hash: z.string(),
});
export const audit = page(auditEntry);

export const fleetStop = z.strictObject({ reason: z.string().max(500).optional(), liquidate: z.boolean().optional() });
export const fleetAnswer = z.object({
  fleetStopped: z.boolean(),
  reached: z.int().meta({ description: 'Whom the stop is for, but for those who failed' }),
  halted: z.int().meta({
    description: 'Of these, how many are halted by now: no entry of theirs is sent, and they are shown as stopped',
  }),
  stragglers: z.array(z.string()).meta({
    description: 'Of these, whose workflow has not taken it after 4 s, at most a hundred; it does with its next task',
  }),
  failed: z.array(z.object({ userId: z.string(), problem: z.string() })),
});
export const overview = z.object({
  fleetStopped: z.boolean(),
  reason: z.string(),
  since: isoTime.nullable(),
  items: z.array(
    z.object({
      userId: z.string(),
      email: z.string(),
      disabled: z.boolean(),
      status: z.enum(TRADING_STATUSES),
      mode: z.enum(VENUE_MODES),
      cycle: z.int(),
      equity: z.number(),
      dailyPnl: z.number(),
      openPositions: z.int(),
      lastCycleAt: isoTime.nullable(),
      lastError: z.record(z.string(), z.unknown()).nullable(),
    }),
  ),
});
export const health = z.object({ status: z.literal('ok') });
export const readiness = z.object({
  ready: z.boolean(),
  /** Something does not answer that serving requests does not need: the worker, the exchange. */
  degraded: z.boolean(),
  checks: z.record(z.string(), z.object({ ok: z.boolean(), detail: z.string() })),
});
