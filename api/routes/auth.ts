/** Signing in and out, the own account, sessions, second factor, API tokens. */
import type { SessionDocument, UserDocument } from '../../adapters/database/documents.js';
import { clearCookies, type CookieNames, setCookies } from '../auth/cookies.js';
import { passwordProblems, unchangedProblems } from '../auth/chosenPassword.js';
import { hashPassword, verifyPassword } from '../auth/passwords.js';
import type { SignInLimits } from '../auth/signInLimits.js';
import { newId, newToken, tokenHash } from '../auth/tokens.js';
import type { Totp } from '../auth/totp.js';
import type { ApiDependencies } from '../dependencies.js';
import { invalid, notFound, Problem, refuse } from '../http/problem.js';
import { defineRoute, reply, type Route } from '../http/route.js';
import { accounts, common } from '../schemas/index.js';
import { openSession, viewOfMe } from '../services/accounts.js';

const DAY_MS = 86_400_000;

export function authRoutes(
  deps: ApiDependencies,
  { cookies, limits, totp }: { cookies: CookieNames; limits: SignInLimits; totp: Totp },
): Route[] {
  const { repositories, signInPolicy: policy } = deps;
  const { users, sessions, audit } = repositories;

  async function checkedUser(email: string, password: string, code: string | undefined, ip: string) {
    await limits.check(email, ip);
    const found = await users.byEmail(email);
    const matches = await verifyPassword(found?.passwordHash ?? null, password);
    if (!found || !matches || found.disabled) throw await failure(email, ip, found, wrongCredentials());
    if (totp.isOn(found)) {
      if (code === undefined) throw new Problem(401, 'TOTP_REQUIRED', 'Give the code of your authenticator app, too.');
      if (!(await totp.accept(found, code))) throw await failure(email, ip, found, wrongCode());
    }
    await limits.succeeded(email, ip);
    return found;
  }

  async function failure(email: string, ip: string, user: UserDocument | null, problem: Problem): Promise<Problem> {
    await limits.failed(email, ip);
    const entry = { actorId: null, userId: user?._id ?? null, action: 'auth.failed', changes: { code: problem.code } };
    if (user) await audit.append({ ...entry, ip });
    return problem;
  }

  const login = defineRoute({
    method: 'post',
    path: '/api/auth/login',
    tag: 'Accounts',
    summary: 'Sign in',
    access: 'public',
    body: accounts.login,
    answers: { 200: accounts.loginAnswer, 401: common.problem },
    async handle({ body, ip, request, response }) {
      const user = await checkedUser(body.email.toLowerCase(), body.password, body.totp, ip);
      const userAgent = request.headers['user-agent'] ?? '';
      const { token, csrf, session } = await openSession(deps, user._id, { ip, userAgent });
      setCookies(response, cookies, token, csrf, session.expiresAt);
      await audit.append({ actorId: user._id, userId: user._id, action: 'auth.login', ip });
      return { token, csrfToken: csrf, expiresAt: session.expiresAt.toISOString(), user: viewOfMe(user, policy) };
    },
  });

  const logout = defineRoute({
    method: 'post',
    path: '/api/auth/logout',
    tag: 'Accounts',
    summary: 'Sign out: the token ends at once',
    access: 'user',
    openToLimited: true,
    body: common.noBody,
    answers: { 204: null },
    async handle({ session, response }) {
      await sessions.remove(session._id);
      clearCookies(response, cookies);
      return reply(204);
    },
  });

  const me = defineRoute({
    method: 'get',
    path: '/api/me',
    tag: 'Accounts',
    summary: 'The signed-in user',
    access: 'user',
    openToLimited: true,
    answers: { 200: accounts.me },
    handle: ({ user }) => viewOfMe(user, policy),
  });

  const changeMe = defineRoute({
    method: 'patch',
    path: '/api/me',
    tag: 'Accounts',
    summary: 'Change language or password; a new password ends all other sign-ins',
    access: 'user',
    signInOnly: true,
    openToLimited: true,
    body: accounts.meChange,
    answers: { 200: accounts.me },
    async handle({ user, session, body, ip }) {
      const fields: Partial<UserDocument> = {};
      if (body.locale !== undefined) fields.locale = body.locale;
      if (body.password !== undefined) {
        const { currentPassword = '' } = body;
        refuse([
          ...(currentPassword === '' ? [{ path: 'currentPassword', message: 'is missing' }] : []),
          ...passwordProblems(policy, body.password, user.email),
        ]);
        await limits.counted(user.email, ip, async () => {
          if (!(await verifyPassword(user.passwordHash, currentPassword)))
            throw invalid([{ path: 'currentPassword', message: 'is wrong' }]);
        });
        refuse(unchangedProblems(policy, body.password, currentPassword));
        fields.passwordHash = await hashPassword(body.password);
        if (user.temporaryPassword) fields.temporaryPassword = false;
      }
      await users.update(user._id, fields);
      if (fields.passwordHash) await sessions.removeAll(user._id, { keep: session._id });
      const changes = { fields: Object.keys(body).filter((name) => name !== 'currentPassword') };
      await audit.append({ actorId: user._id, userId: user._id, action: 'me.update', changes, ip });
      return viewOfMe({ ...user, ...fields }, policy);
    },
  });

  const changeTotp = defineRoute({
    method: 'post',
    path: '/api/me/totp',
    tag: 'Accounts',
    summary: 'Two-factor sign-in: enrol, confirm, remove',
    access: 'user',
    signInOnly: true,
    openToLimited: true,
    body: accounts.totpRequest,
    answers: { 200: accounts.totpAnswer },
    async handle({ user, session, body, ip }) {
      const answer =
        body.action === 'enrol'
          ? await totp.enrol(user)
          : await limits.counted(user.email, ip, () => totp[body.action](user, body.code));
      // Those of before it gave no code, and would be no longer limited.
      if (body.action === 'confirm' && policy === 'strict') await sessions.removeAll(user._id, { keep: session._id });
      await audit.append({ actorId: user._id, userId: user._id, action: `totp.${body.action}`, ip });
      return answer;
    },
  });

  return [login, logout, me, changeMe, changeTotp, ...sessionRoutes(deps), ...tokenRoutes(deps)];
}

function sessionRoutes({ repositories: { sessions, audit } }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/sessions',
      tag: 'Accounts',
      summary: 'Sign-ins that are valid',
      access: 'user',
      openToLimited: true,
      answers: { 200: accounts.sessions },
      async handle({ user, session }) {
        const list = await sessions.list(user._id, 'session');
        return { items: list.map((one) => viewOfSession(one, session)), nextCursor: null };
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/api/sessions',
      tag: 'Accounts',
      summary: 'End one sign-in, or all others',
      access: 'user',
      signInOnly: true,
      openToLimited: true,
      query: accounts.sessionsQuery,
      answers: { 204: null, 404: common.problem },
      async handle({ user, session, query, ip }) {
        if (query.id === undefined) await sessions.removeAll(user._id, { keep: session._id });
        else if (!(await sessions.removePublic(user._id, query.id, 'session'))) throw notFound('No such sign-in.');
        const target = query.id ?? 'all others';
        await audit.append({ actorId: user._id, userId: user._id, action: 'session.end', target, ip });
        return reply(204);
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/api/sessions/:id',
      tag: 'Accounts',
      summary: 'End one sign-in',
      access: 'user',
      signInOnly: true,
      openToLimited: true,
      params: common.idParams,
      answers: { 204: null },
      async handle({ user, params, ip }) {
        if (!(await sessions.removePublic(user._id, params.id, 'session'))) throw notFound('No such sign-in.');
        await audit.append({ actorId: user._id, userId: user._id, action: 'session.end', target: params.id, ip });
        return reply(204);
      },
    }),
  ];
}

function tokenRoutes({ repositories: { sessions, audit } }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/tokens',
      tag: 'Accounts',
      summary: 'API tokens, without the tokens themselves',
      access: 'user',
      answers: { 200: accounts.tokens },
      async handle({ user }) {
        const list = await sessions.list(user._id, 'token');
        return { items: list.map(viewOfToken), nextCursor: null };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/tokens',
      tag: 'Accounts',
      summary: 'Make an API token; it is shown only this once',
      access: 'user',
      signInOnly: true,
      body: accounts.newToken,
      answers: { 201: accounts.madeToken },
      async handle({ user, body, ip, request }) {
        const token = newToken('ctp');
        const now = new Date();
        const stored: SessionDocument = {
          _id: tokenHash(token),
          publicId: newId(),
          userId: user._id,
          kind: 'token',
          name: body.name,
          csrf: null,
          userAgent: (request.headers['user-agent'] ?? '').slice(0, 300),
          ip,
          createdAt: now,
          lastUsedAt: now,
          expiresAt: new Date(now.getTime() + (body.expiresInDays ?? 365) * DAY_MS),
        };
        await sessions.insert(stored);
        await audit.append({
          actorId: user._id,
          userId: user._id,
          action: 'token.create',
          target: stored.publicId,
          ip,
        });
        return { ...viewOfToken(stored), token };
      },
    }),
    ...(['/api/tokens', '/api/tokens/:id'] as const).map((path) =>
      defineRoute<{ id?: string }, { id?: string | undefined }, unknown>({
        method: 'delete',
        path,
        tag: 'Accounts',
        summary: 'Revoke an API token',
        access: 'user',
        signInOnly: true,
        ...(path === '/api/tokens' ? { query: accounts.tokenQuery } : { params: common.idParams }),
        answers: { 204: null, 404: common.problem },
        async handle({ user, params, query, ip }) {
          const id = params.id ?? query.id ?? '';
          if (!(await sessions.removePublic(user._id, id, 'token'))) throw notFound('No such token.');
          await audit.append({ actorId: user._id, userId: user._id, action: 'token.revoke', target: id, ip });
          return reply(204);
        },
      }),
    ),
  ];
}

const viewOfSession = (one: SessionDocument, current: SessionDocument) => ({
  id: one.publicId,
  createdAt: one.createdAt.toISOString(),
  lastSeenAt: one.lastUsedAt.toISOString(),
  expiresAt: one.expiresAt.toISOString(),
  userAgent: one.userAgent,
  ip: one.ip,
  current: one._id === current._id,
});

const viewOfToken = (one: SessionDocument) => ({
  id: one.publicId,
  name: one.name,
  createdAt: one.createdAt.toISOString(),
  lastUsedAt: one.lastUsedAt.toISOString(),
  expiresAt: one.expiresAt.toISOString(),
});

const wrongCredentials = () => new Problem(401, 'WRONG_CREDENTIALS', 'The e-mail address or the password is wrong.');
const wrongCode = () => new Problem(401, 'WRONG_TOTP', 'The code is wrong, or was used already.');
