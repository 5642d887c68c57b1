/** What the sign-in policy (SIGN_IN_POLICY) still requires of an account: the one place that decides. Pure. */
import type { UserDocument } from '../../adapters/database/documents.js';
import type { SignInPolicy } from '../../adapters/settings.js';
import type { Requirement } from '../schemas/index.js';

/**
 * In the order in which it is asked for; empty: the account is not limited. Until then only routes with `openToLimited` are
 * open to it, by sign-in or API token.
 *
 * `strict` asks for a password that nobody else chose (ASVS 6.4.6) and a second factor (6.3.3). A sign-in whose second factor
 * is on has given a code: one of before ends when it is confirmed (api/routes/auth.ts); but not one that was confirmed under
 * `basic`, whose other sign-ins go on until they end of themselves.
 */
export function requiredOf(
  { temporaryPassword, totp }: Pick<UserDocument, 'temporaryPassword' | 'totp'>,
  policy: SignInPolicy,
): Requirement[] {
  if (policy === 'basic') return [];
  const required: Requirement[] = [];
  if (temporaryPassword) required.push('changePassword');
  if (!totp?.confirmed) required.push('secondFactor');
  return required;
}
