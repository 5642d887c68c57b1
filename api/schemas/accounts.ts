/** Sign-in, users, sessions, API tokens. */
import { z } from 'zod';
import { isoTime } from './common.js';

/** What mail can be sent to (adapters/notifications/email.ts), as a pattern that readers of the document understand. */
export const email = z
  .string()
  .max(254)
  .regex(
    /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9]([A-Za-z0-9.-]{0,187}[A-Za-z0-9])?$/,
    'must be an e-mail address',
  )
  .meta({ examples: ['user@example.org'] });
export const password = z.string().min(12, 'must have at least 12 characters').max(256).meta({ format: 'password' });
const anyPassword = z.string().min(1).max(256).meta({ format: 'password' });
/** Six digits of an authenticator app, or a recovery code. */
export const totpCode = z.string().min(6).max(40);
const locale = z.enum(['en', 'ko']);
const role = z.enum(['user', 'admin']);

export const user = z.object({
  id: z.string(),
  email: z.string(),
  role,
  locale: z.string(),
  disabled: z.boolean(),
  emailVerified: z.boolean(),
  totpEnabled: z.boolean(),
  createdAt: isoTime,
});
/** What SIGN_IN_POLICY=strict still asks of an account before it may do more than this and stop its trading. */
export const REQUIREMENTS = ['changePassword', 'secondFactor'] as const;
export const me = user.extend({
  required: z.array(z.enum(REQUIREMENTS)).meta({ description: 'What is to be done before other routes are open' }),
});
export const users = z.object({ items: z.array(user), nextCursor: z.null() });

export const login = z.strictObject({
  email: z.string().min(1).max(254),
  password: anyPassword,
  totp: totpCode.optional(),
});
export const loginAnswer = z.object({ token: z.string(), csrfToken: z.string(), expiresAt: isoTime, user: me });

export const newUser = z.strictObject({
  email,
  password,
  role: z.enum(['user', 'admin', 'administrator']).optional(),
  locale: locale.optional(),
});
export const userChange = z.strictObject({
  role: role.optional(),
  disabled: z.boolean().optional(),
  password: password.optional(),
  locale: locale.optional(),
});
export const meChange = z.strictObject({
  locale: locale.optional(),
  password: password.optional(),
  currentPassword: anyPassword.optional().meta({ description: 'Needed to change the password' }),
});

export const totpRequest = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('enrol') }),
  z.strictObject({ action: z.literal('confirm'), code: totpCode }),
  z.strictObject({ action: z.literal('remove'), code: totpCode }),
]);
export const totpAnswer = z.object({
  enabled: z.boolean(),
  secret: z.string().optional(),
  otpauthUrl: z.string().optional(),
  recoveryCodes: z.array(z.string()).optional(),
});

export const session = z.object({
  id: z.string(),
  createdAt: isoTime,
  lastSeenAt: isoTime,
  expiresAt: isoTime,
  userAgent: z.string(),
  ip: z.string(),
  current: z.boolean(),
});
export const sessions = z.object({ items: z.array(session), nextCursor: z.null() });
export const sessionsQuery = z.strictObject({
  id: z.string().min(1).max(64).optional().meta({ description: 'This one only; all but the current one without it' }),
});

export const newToken = z.strictObject({
  name: z.string().min(1).max(100),
  expiresInDays: z.int().min(1).max(3650).optional().meta({ description: '365 unless given' }),
});
export const token = z.object({
  id: z.string(),
  name: z.string(),
  createdAt: isoTime,
  lastUsedAt: isoTime,
  expiresAt: isoTime,
});
export const madeToken = token.extend({ token: z.string().meta({ description: 'Shown only this once' }) });
export const tokens = z.object({ items: z.array(token), nextCursor: z.null() });
export const tokenQuery = z.strictObject({ id: z.string().min(1).max(64) });
