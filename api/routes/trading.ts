/** Control of the loop. Every command is the workflow's to carry out; here it is passed on and noted. */
import { tradingWorkflowId } from '../../workflows/messages.js';
import type { UserDocument } from '../../adapters/database/documents.js';
import type { ApiDependencies } from '../dependencies.js';
import { conflict, notFound } from '../http/problem.js';
import { defineRoute, reply, type Route } from '../http/route.js';
import { common, trading as schemas } from '../schemas/index.js';
import type { TradingService } from '../services/trading.js';

export function tradingRoutes(deps: ApiDependencies, trading: TradingService): Route[] {
  const { audit, flags, positions } = deps.repositories;
  const note = (user: UserDocument, action: string, ip: string, changes: Record<string, unknown> = {}, target = '') =>
    audit.append({ actorId: user._id, userId: user._id, action, target, changes, ip });
  const by = (user: UserDocument): string => `user ${user._id}`;

  const start = defineRoute({
    method: 'post',
    path: '/api/trading/start',
    tag: 'Trading',
    summary: 'Start trading; 409 after an emergency stop until it is reset',
    access: 'user',
    body: common.noBody,
    answers: { 200: schemas.control },
    async handle({ user, ip }) {
      if ((await flags.fleet()).halted)
        throw conflict('The administrator has stopped the whole fleet.', 'FLEET_HALTED');
      const answer = await trading.start(user._id, by(user));
      await note(user, 'trading.start', ip);
      return answer;
    },
  });

  const stop = defineRoute({
    method: 'post',
    path: '/api/trading/stop',
    tag: 'Trading',
    summary: 'Stop now (entries cancelled, protection stays), or reduce until flat',
    access: 'user',
    openToLimited: true, // safety goes before policy
    body: schemas.stop,
    answers: { 200: schemas.control },
    async handle({ user, body, ip }) {
      const mode = body.mode ?? 'now';
      const answer = await trading.stop(user._id, { mode, by: by(user) });
      await note(user, 'trading.stop', ip, { mode });
      return answer;
    },
  });

  const emergency = defineRoute({
    method: 'post',
    path: '/api/trading/emergency-stop',
    tag: 'Trading',
    summary: 'Halt, cancel entries, liquidate where asked; 202 while it goes on',
    access: 'user',
    openToLimited: true,
    body: schemas.emergencyStop,
    answers: { 200: schemas.receipt, 202: schemas.receipt },
    deadlineMs: 25_000,
    async handle({ user, body, ip }) {
      const { liquidate, reason } = body;
      const receipt = await trading.emergencyStop(user._id, {
        trigger: 'MANUAL_STOP',
        reason: reason ?? '',
        ...(liquidate === undefined ? {} : { liquidate }),
        by: by(user),
      });
      await note(user, 'trading.emergency-stop', ip, { liquidate: liquidate ?? null, reason: reason ?? '' });
      return reply(receipt.finishedAt === null ? 202 : 200, receipt);
    },
  });

  const reset = defineRoute({
    method: 'post',
    path: '/api/trading/reset',
    tag: 'Trading',
    summary: 'Leave the emergency stop',
    access: 'user',
    body: schemas.reset,
    answers: { 200: schemas.control },
    async handle({ user, body, ip }) {
      const answer = await trading.reset(user._id, { by: by(user), reason: body.reason ?? '' });
      await note(user, 'trading.reset', ip, { reason: body.reason ?? '' });
      return answer;
    },
  });

  const status = defineRoute({
    method: 'get',
    path: '/api/trading/status',
    tag: 'Trading',
    summary: 'What the loop does',
    access: 'user',
    openToLimited: true,
    answers: { 200: schemas.status },
    handle: ({ user }) => trading.status(user._id),
  });

  const workflow = defineRoute({
    method: 'get',
    path: '/api/trading/workflow',
    tag: 'Trading',
    summary: "The loop's workflow, and where Temporal's Web UI shows it",
    access: 'user',
    answers: { 200: schemas.workflow },
    handle({ user }) {
      const workflowId = tradingWorkflowId(user._id);
      const ui = deps.temporalUiUrl?.replace(/\/+$/, '');
      const place = `namespaces/${encodeURIComponent(deps.client.options.namespace)}/workflows`;
      return { workflowId, url: ui ? `${ui}/${place}/${encodeURIComponent(workflowId)}` : null };
    },
  });

  const close = defineRoute({
    method: 'post',
    path: '/api/positions/:id/close',
    tag: 'Trading',
    summary: 'Sell one position at the market',
    access: 'user',
    params: common.idParams,
    body: common.noBody,
    answers: { 200: schemas.closeAnswer },
    deadlineMs: 20_000,
    async handle({ user, params, ip }) {
      const found = await positions.get(params.id);
      if (!found || found.userId !== user._id) throw notFound('No such position.');
      if (found.status === 'CLOSED') throw conflict('The position is closed already.');
      const answer = await trading.closePosition(user._id, { positionId: params.id, by: by(user) });
      await note(user, 'position.close', ip, {}, params.id);
      return answer;
    },
  });

  return [start, stop, emergency, reset, status, workflow, close];
}
