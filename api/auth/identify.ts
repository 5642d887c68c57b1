/** Who calls: by a bearer token, or by the dashboard's cookie together with the CSRF token. */
import type { Request } from 'express';
import type { SessionDocument, UserDocument } from '../../adapters/database/documents.js';
import type { Repositories } from '../../adapters/database/repositories.js';
import { putLatest } from '../../adapters/latest.js';
import type { SignInPolicy } from '../../adapters/settings.js';
import { Problem } from '../http/problem.js';
import type { Route } from '../http/route.js';
import { type CookieNames, readCookie } from './cookies.js';
import { requiredOf } from './policy.js';
import { looksLikeToken, sameText, tokenHash } from './tokens.js';

export interface Caller {
  user: UserDocument;
  session: SessionDocument;
}
/** `otherOrigin`: the route has checked the page's origin itself, and that page cannot know the CSRF token. */
export type Identify = (
  request: Request,
  route: Pick<Route, 'access' | 'signInOnly' | 'openToLimited'> & { otherOrigin?: boolean },
) => Promise<Caller>;

/** A sign-in ends after a week without use. */
export const SESSION_MS = 7 * 24 * 3_600_000;
/** And after a month however much it is used. */
const LONGEST_MS = 30 * 24 * 3_600_000;
const TOUCH_EVERY_MS = 300_000;
/** Of so many tokens it is remembered whose they were. */
const GUESSES = 10_000;
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

export function createIdentify(repositories: Repositories, cookies: CookieNames, policy: SignInPolicy): Identify {
  const find = createFindCaller(repositories);
  return async (request, route) => {
    const { token, byCookie } = credentialOf(request, cookies);
    if (!token || !looksLikeToken(token)) throw notSignedIn();
    const caller = await find(tokenHash(token));
    if (!caller || caller.user.disabled) throw notSignedIn();
    const { session, user } = caller;
    if (request.res) request.res.locals['userId'] = user._id; // the log tells who was refused
    if (byCookie && !route.otherOrigin && !SAFE_METHODS.has(request.method)) checkCsrf(request, session);
    if (route.access === 'admin' && user.role !== 'admin')
      throw new Problem(403, 'ADMIN_ONLY', 'Only an administrator may do this.');
    if (route.signInOnly) signInOnly(session);
    if (!route.openToLimited) nothingRequired(user, policy);
    // Not waited for, so that an emergency stop does not wait for it either; the next request does what this one could not.
    touch(repositories, session).catch(() => undefined);
    return { user, session };
  };
}

/** @throws 403 for an API token */
export function signInOnly({ kind }: SessionDocument): void {
  if (kind === 'token') throw new Problem(403, 'SIGN_IN_ONLY', 'This takes a sign-in; an API token is not enough.');
}

/** @throws 403 while something is required of the account, by what comes first */
function nothingRequired(user: UserDocument, policy: SignInPolicy): void {
  const [first] = requiredOf(user, policy);
  if (first === 'changePassword')
    throw new Problem(
      403,
      'PASSWORD_CHANGE_REQUIRED',
      'An administrator chose this password: change it first (PATCH /api/me).',
    );
  if (first === 'secondFactor')
    throw new Problem(403, 'SECOND_FACTOR_REQUIRED', 'Set up a second factor first (POST /api/me/totp).');
}

/**
 * Reads the sign-in and its user anew for each request, both at once where it is remembered whose it was: a guess that only
 * spares the second wait, never taken for an answer.
 */
function createFindCaller({ sessions, users }: Repositories): (hash: string) => Promise<Caller | null> {
  const guesses = new Map<string, string>();
  return async (hash) => {
    const guess = guesses.get(hash);
    const [session, guessed] = await Promise.all([sessions.get(hash), guess === undefined ? null : users.get(guess)]);
    if (!session) {
      guesses.delete(hash);
      return null;
    }
    putLatest(guesses, hash, session.userId, GUESSES);
    const user = guessed && guess === session.userId ? guessed : await users.get(session.userId);
    return user && { session, user };
  };
}

function credentialOf(request: Request, cookies: CookieNames): { token: string | null; byCookie: boolean } {
  const { authorization } = request.headers;
  if (authorization !== undefined)
    return { token: /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? null, byCookie: false };
  return { token: readCookie(request, cookies.session), byCookie: true };
}

function checkCsrf(request: Request, session: SessionDocument): void {
  const given = request.headers['x-csrf-token'];
  if (typeof given !== 'string' || session.csrf === null || !sameText(tokenHash(given), session.csrf))
    throw new Problem(403, 'CSRF', 'The header x-csrf-token must carry the value of the csrf cookie.');
}

async function touch(repositories: Repositories, session: SessionDocument, now = Date.now()): Promise<void> {
  if (now - session.lastUsedAt.getTime() < TOUCH_EVERY_MS) return;
  const latest = session.createdAt.getTime() + LONGEST_MS;
  const expiresAt = session.kind === 'token' ? session.expiresAt : new Date(Math.min(now + SESSION_MS, latest));
  await repositories.sessions.touch(session._id, new Date(now), expiresAt);
}

const notSignedIn = () =>
  new Problem(401, 'NOT_SIGNED_IN', 'Sign in, or send a valid token as Authorization: Bearer.', {
    headers: { 'www-authenticate': 'Bearer' },
  });
