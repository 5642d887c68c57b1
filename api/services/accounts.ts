/** Accounts: what belongs to a new one, and how a user is shown. */
import type { Role, SessionDocument, UserDocument } from '../../adapters/database/documents.js';
import type { UserSummary } from '../../adapters/database/usersRepository.js';
import type { SignInPolicy } from '../../adapters/settings.js';
import type { TradingConfig } from '../../trading/types.js';
import { SESSION_MS } from '../auth/identify.js';
import { hashPassword } from '../auth/passwords.js';
import { requiredOf } from '../auth/policy.js';
import { newId, newToken, tokenHash } from '../auth/tokens.js';
import type { ApiDependencies } from '../dependencies.js';
import type { TradingService } from './trading.js';

export interface AccountRequest {
  email: string;
  password: string;
  /** An administrator chose it for somebody else. */
  temporaryPassword?: boolean;
  role?: Role;
  locale?: string;
  config?: TradingConfig;
}

/**
 * Makes an account with its settings and starts its workflow. Where Temporal doesn't answer, the workflow is started
 * with the user's first command. Null where the address is taken.
 */
export async function createAccount(
  { repositories, defaults, log }: Pick<ApiDependencies, 'repositories' | 'defaults' | 'log'>,
  trading: Pick<TradingService, 'ensure'>,
  request: AccountRequest,
): Promise<UserDocument | null> {
  const now = new Date();
  const user: UserDocument = {
    _id: newId(),
    email: request.email.toLowerCase(),
    emailVerified: true,
    passwordHash: await hashPassword(request.password),
    temporaryPassword: request.temporaryPassword ?? false,
    role: request.role ?? 'user',
    locale: request.locale ?? 'en',
    disabled: false,
    totp: null,
    createdAt: now,
    updatedAt: now,
  };
  const config = request.config ?? defaults;
  // The account last: an account that is there has all that belongs to it.
  if (await repositories.users.byEmail(user.email)) return null;
  await repositories.config.create(user._id, config);
  await repositories.status.create(user._id, config.mode);
  if (!(await repositories.users.insert(user))) return null;
  await trading.ensure(user._id, 2_000).catch((error: unknown) => {
    log.warn({ userId: user._id, error: String(error) }, 'the trading workflow is started later');
  });
  return user;
}

export const viewOfUser = (user: UserSummary) => ({
  id: user._id,
  email: user.email,
  role: user.role,
  locale: user.locale,
  disabled: user.disabled,
  emailVerified: user.emailVerified,
  totpEnabled: user.totp?.confirmed === true,
  createdAt: user.createdAt.toISOString(),
});

/** As its owner sees it. */
export const viewOfMe = (user: UserDocument, policy: SignInPolicy) => ({
  ...viewOfUser(user),
  required: requiredOf(user, policy),
});

/** Makes a sign-in; its token and its CSRF token are told once and only their hashes are kept. */
export async function openSession(
  { repositories }: Pick<ApiDependencies, 'repositories'>,
  userId: string,
  from: { ip: string; userAgent: string },
): Promise<{ token: string; csrf: string; session: SessionDocument }> {
  const token = newToken('cts');
  const csrf = newToken('cts').slice(4);
  const now = new Date();
  const session: SessionDocument = {
    _id: tokenHash(token),
    publicId: newId(),
    userId,
    kind: 'session',
    name: '',
    csrf: tokenHash(csrf),
    userAgent: from.userAgent.slice(0, 300),
    ip: from.ip,
    createdAt: now,
    lastUsedAt: now,
    expiresAt: new Date(now.getTime() + SESSION_MS),
  };
  await repositories.sessions.insert(session);
  return { token, csrf, session };
}
