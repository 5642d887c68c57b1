/** The keys of the real exchange: checked when they are stored, sealed, never shown again. */
import type { CredentialsView } from '../../adapters/database/credentialsRepository.js';
import { LIVE_EXCHANGE } from '../../adapters/exchange/createVenues.js';
import { verifyKey } from '../../adapters/exchange/keyVerification.js';
import type { UserDocument } from '../../adapters/database/documents.js';
import { newId } from '../auth/tokens.js';
import type { Totp } from '../auth/totp.js';
import type { ApiDependencies } from '../dependencies.js';
import { conflict, invalid, notFound, Problem } from '../http/problem.js';
import { defineRoute, reply, type Route } from '../http/route.js';
import { administration as schemas, common } from '../schemas/index.js';

export function credentialRoutes(deps: ApiDependencies, totp: Totp): Route[] {
  const { credentials, audit, config, status } = deps.repositories;

  /** Whoever took over a sign-in must not be able to change keys where a second factor is on. */
  async function checkTotp(user: UserDocument, code: string | undefined): Promise<void> {
    if (!totp.isOn(user)) return;
    if (code === undefined) throw invalid([{ path: 'totp', message: 'is missing: two-factor sign-in is on' }]);
    await totp.require(user, code, 'totp');
  }

  /** Keys that trade are not changed under a running loop. */
  async function checkIdle(userId: string): Promise<void> {
    const [settings, state] = await Promise.all([config.get(userId), status.get(userId)]);
    if (settings?.mode === 'live' && state && state.status !== 'STOPPED')
      throw conflict(`Stop live trading first: the status is ${state.status}.`);
  }

  async function judge(apiKey: string, secret: string) {
    const key = { id: `check:${newId()}`, apiKey, secret };
    const { exchange } = deps.venue('live');
    try {
      const { permissions, verdict } = await verifyKey(exchange, key);
      if (!verdict.accepted)
        throw new Problem(422, 'KEYS_REFUSED', `These keys must not be used: ${verdict.refused.join(', ')}.`, {
          errors: verdict.refused.map((code) => ({ path: 'apiKey', message: code })),
        });
      const problem = null;
      return { permissions: { ...permissions }, verifiedAt: new Date(), problem };
    } catch (error) {
      if (error instanceof Problem) throw error;
      const { name } = error as Error;
      if (name === 'AuthenticationFailed')
        throw invalid([{ path: 'apiKey', message: 'is not accepted by the exchange' }]);
      // The exchange can't be asked now: kept, and not usable for live trading until it could be.
      return {
        permissions: null,
        verifiedAt: null,
        problem: 'The exchange could not be asked; store them again later.',
      };
    } finally {
      exchange.forget(key.id);
    }
  }

  const read = defineRoute({
    method: 'get',
    path: '/api/exchange-credentials',
    tag: 'Exchange keys',
    summary: 'Whether keys are stored and what they may do; never the keys',
    access: 'user',
    answers: { 200: schemas.credentials },
    handle: async ({ user }) => view(await credentials.get(user._id, LIVE_EXCHANGE)),
  });

  const put = defineRoute({
    method: 'put',
    path: '/api/exchange-credentials',
    tag: 'Exchange keys',
    summary: 'Store keys; those that may withdraw, transfer, or trade margin or futures are refused',
    access: 'user',
    signInOnly: true,
    body: schemas.credentialsPut,
    answers: { 200: schemas.credentials },
    async handle({ user, body, ip }) {
      const { apiKey, secret, label = '', totp: code } = body;
      await checkTotp(user, code);
      await checkIdle(user._id);
      await credentials.put(user._id, LIVE_EXCHANGE, { apiKey, secret }, { label, ...(await judge(apiKey, secret)) });
      await audit.append({
        actorId: user._id,
        userId: user._id,
        action: 'credentials.store',
        target: LIVE_EXCHANGE,
        ip,
      });
      return view(await credentials.get(user._id, LIVE_EXCHANGE));
    },
  });

  const remove = defineRoute({
    method: 'delete',
    path: '/api/exchange-credentials',
    tag: 'Exchange keys',
    summary: 'Forget the keys',
    access: 'user',
    signInOnly: true,
    body: schemas.credentialsDelete,
    answers: { 204: null, 404: common.problem },
    async handle({ user, body, ip }) {
      await checkTotp(user, body.totp);
      await checkIdle(user._id);
      if (!(await credentials.remove(user._id, LIVE_EXCHANGE))) throw notFound('No keys are stored.');
      await audit.append({
        actorId: user._id,
        userId: user._id,
        action: 'credentials.remove',
        target: LIVE_EXCHANGE,
        ip,
      });
      return reply(204);
    },
  });

  return [read, put, remove];
}

function view(stored: CredentialsView | null) {
  if (!stored)
    return { configured: false, exchange: LIVE_EXCHANGE, verifiedAt: null, permissions: null, problem: null };
  const { exchange, label, keyHint, verifiedAt, permissions, problem, updatedAt } = stored;
  return {
    configured: true,
    exchange,
    label,
    apiKeyHint: keyHint,
    verifiedAt: verifiedAt?.toISOString() ?? null,
    permissions,
    problem,
    updatedAt: updatedAt.toISOString(),
  };
}
