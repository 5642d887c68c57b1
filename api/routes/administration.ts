/** The whole fleet, and the audit log. */
import type { AuditDocument, StatusDocument, UserDocument } from '../../adapters/database/documents.js';
import type { ApiDependencies } from '../dependencies.js';
import { pageByTime } from '../http/paging.js';
import { Problem } from '../http/problem.js';
import { defineRoute, type Route } from '../http/route.js';
import { administration as schemas, common } from '../schemas/index.js';
import { stopFleet } from '../services/fleet.js';
import type { TradingService } from '../services/trading.js';
import * as views from '../services/views.js';

export function administrationRoutes(deps: ApiDependencies, trading: TradingService): Route[] {
  const { repositories, database } = deps;
  const { flags, audit, users } = repositories;
  const note = (user: UserDocument, action: string, ip: string, changes = {}) =>
    audit.append({ actorId: user._id, userId: null, action, target: 'fleet', changes, ip });

  const stop = defineRoute({
    method: 'post',
    path: '/api/admin/emergency-stop',
    tag: 'Administration',
    summary: 'Emergency stop for everyone who trades; starts answer 409 until the release',
    access: 'admin',
    openToLimited: true, // safety goes before policy
    body: schemas.fleetStop,
    answers: { 200: schemas.fleetAnswer },
    deadlineMs: 60_000,
    async handle({ user, body, ip }) {
      const reason = body.reason ?? '';
      await note(user, 'fleet.emergency-stop', ip, { reason, liquidate: body.liquidate ?? null });
      return stopFleet({ database, repositories, trading }, { by: user._id, reason, liquidate: body.liquidate });
    },
  });

  const release = defineRoute({
    method: 'post',
    path: '/api/admin/release',
    tag: 'Administration',
    summary: 'Allow starts again; resets nobody',
    access: 'admin',
    body: common.noBody,
    answers: { 200: schemas.fleetAnswer },
    async handle({ user, ip }) {
      await flags.releaseFleet(user._id);
      await note(user, 'fleet.release', ip);
      return { fleetStopped: false, reached: 0, halted: 0, stragglers: [], failed: [] };
    },
  });

  const overview = defineRoute({
    method: 'get',
    path: '/api/admin/overview',
    tag: 'Administration',
    summary: 'Every user with the last recorded status',
    access: 'admin',
    answers: { 200: schemas.overview },
    async handle() {
      const [fleet, everyone, states] = await Promise.all([
        flags.fleet(),
        users.list(),
        database.models.status.find({}, { receipts: 0, refusals: 0, emergency: 0 }).lean<StatusDocument[]>(),
      ]);
      const byUser = new Map(states.map((state) => [state.userId, state]));
      const items = everyone.flatMap((user) => {
        const state = byUser.get(user._id);
        return state ? [{ email: user.email, disabled: user.disabled, ...figuresOf(state) }] : [];
      });
      return { fleetStopped: fleet.halted, reason: fleet.reason, since: fleet.since?.toISOString() ?? null, items };
    },
  });

  const auditLog = defineRoute({
    method: 'get',
    path: '/api/audit',
    tag: 'Administration',
    summary: 'Who changed what, when; newest first',
    access: 'user',
    query: schemas.auditQuery,
    answers: { 200: schemas.audit },
    async handle({ user, query }) {
      const everybody = query.all === 'true';
      if (everybody && user.role !== 'admin')
        throw new Problem(403, 'ADMIN_ONLY', "Only an administrator may see everybody's entries.");
      const source = {
        collection: database.models.audit,
        userId: everybody ? null : user._id,
        time: 'at' as const,
        filter: {},
        // Whatever the entries themselves say: none is left out.
        oldest: new Date(0),
      };
      const { items, nextCursor } = await pageByTime<AuditDocument>(source, query);
      const names = new Map<string, string | null>();
      for (const id of new Set(items.flatMap(({ actorId }) => (actorId ? [actorId] : []))))
        names.set(
          id,
          id === user._id ? user.email : everybody ? ((await users.get(id))?.email ?? null) : 'administrator',
        );
      return { items: items.map((one) => views.auditEntry(one, names.get(one.actorId ?? '') ?? null)), nextCursor };
    },
  });

  return [stop, release, overview, auditLog];
}

function figuresOf(state: StatusDocument) {
  const { userId, status, mode, cycle, equity, dailyPnl, openPositions, lastCycleAt, lastError } = state;
  return { userId, status, mode, cycle, equity, dailyPnl, openPositions, lastCycleAt, lastError };
}
