/** The keys of the real exchange: checked when they are stored, sealed, never shown again. */
import type { CredentialsView } from '../../adapters/database/credentialsRepository.js';
import { LIVE_EXCHANGE } from '../../adapters/exchange/createVenues.js';
import { verifyKey } from '../../adapters/exchange/keyVerification.js';
import type { SecondFactor } from '../auth/secondFactor.js';
import { newId } from '../auth/tokens.js';
import type { ApiDependencies } from '../dependencies.js';
import { conflict, invalid, notFound, Problem } from '../http/problem.js';
import { defineRoute, reply, type Route } from '../http/route.js';
import { administration as schemas, common } from '../schemas/index.js';
import { checkFlat } from '../services/flatBook.js';

export function credentialRoutes(deps: ApiDependencies, secondFactor: SecondFactor): Route[] {
  const { credentials, audit, config, status, positions, orders } = deps.repositories;

  /**
   * Keys that trade are not changed under a running loop.
   * @returns whether the account trades with them
   */
  async function checkIdle(userId: string): Promise<boolean> {
    const [settings, state] = await Promise.all([config.get(userId), status.get(userId)]);
    if (settings?.mode !== 'live') return false;
    if (state && state.status !== 'STOPPED') throw conflict(`Stop live trading first: the status is ${state.status}.`);
    return true;
  }

  /**
   * Of each open position an order that the exchange must know by whoever looks after it; where only the outcome of an
   * order is open, the last one that filled.
   */
  async function heldOrders(userId: string): Promise<{ symbol: string; clientOrderId: string }[]> {
    const held = await positions.open(userId);
    const sent = await Promise.all(
      held.map(async ({ id, protection }) => {
        const all = await orders.ofPosition(userId, id);
        const resting = all.find(({ clientOrderId }) => clientOrderId === protection?.stopClientOrderId);
        return resting ?? all.find(({ purpose, filledQuantity }) => purpose === 'ENTRY' && filledQuantity > 0);
      }),
    );
    const known = sent.filter((order) => order !== undefined);
    if (known.length > 0 || (await orders.unresolvedByUser(userId)).length === 0) return known;
    const filled = await orders.newestFilled(userId, 'live');
    if (!filled)
      throw conflict(
        'What became of an order is not known yet: wait until it is, and store the keys then.',
        'ORDERS_OPEN',
      );
    return [filled];
  }

  /** @param held what they will look after; then they are taken only if the exchange can be asked, and knows it */
  async function judge(apiKey: string, secret: string, held: Awaited<ReturnType<typeof heldOrders>>) {
    const key = { id: `check:${newId()}`, apiKey, secret };
    const { exchange } = deps.venue('live');
    try {
      const { permissions, verdict } = await verifyKey(exchange, key);
      if (!verdict.accepted)
        throw new Problem(422, 'KEYS_REFUSED', `These keys must not be used: ${verdict.refused.join(', ')}.`, {
          errors: verdict.refused.map((code) => ({ path: 'apiKey', message: code })),
        });
      for (const { symbol, clientOrderId } of held)
        if (!(await exchange.account(key).queryOrder(symbol, clientOrderId)))
          throw new Problem(
            409,
            'OTHER_ACCOUNT',
            `These keys are of another account: it does not know the ${symbol} order that was sent with those before.`,
          );
      const problem = null;
      return { permissions: { ...permissions }, verifiedAt: new Date(), problem };
    } catch (error) {
      if (error instanceof Problem) throw error;
      const { name } = error as Error;
      if (name === 'AuthenticationFailed')
        throw invalid([{ path: 'apiKey', message: 'is not accepted by the exchange' }]);
      if (held.length > 0) throw error;
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
      const held = (await checkIdle(user._id)) ? await heldOrders(user._id) : [];
      await secondFactor.confirm(user, code, ip);
      await credentials.put(
        user._id,
        LIVE_EXCHANGE,
        { apiKey, secret },
        { label, ...(await judge(apiKey, secret, held)) },
      );
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
      if (await checkIdle(user._id))
        await checkFlat(deps.repositories, user._id, 'they are looked after with these keys');
      await secondFactor.confirm(user, body.totp, ip);
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
