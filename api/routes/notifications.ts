/** Notifications and where they go. */
import type { NotificationDocument } from '../../adapters/database/documents.js';
import type { ApiDependencies } from '../dependencies.js';
import { containing, ownedBy, pageByTime } from '../http/paging.js';
import { notFound } from '../http/problem.js';
import { defineRoute, type Route } from '../http/route.js';
import { notifications as schemas } from '../schemas/index.js';
import { createNotificationSettings } from '../services/notificationSettings.js';
import * as views from '../services/views.js';

export function notificationRoutes(deps: ApiDependencies): Route[] {
  const { repositories, database } = deps;
  const settings = createNotificationSettings(deps);

  async function configOf(userId: string) {
    const found = await repositories.config.get(userId);
    if (!found) throw notFound('This account has no settings.');
    return found;
  }

  const list = defineRoute({
    method: 'get',
    path: '/api/notifications',
    tag: 'Notifications',
    summary: 'What was told, newest first, with the outcome of each channel',
    access: 'user',
    query: schemas.notificationsQuery,
    answers: { 200: schemas.notifications },
    async handle({ user, query }) {
      const { type, level, symbol, unread, delivery, q, ...range } = query;
      const text = q === undefined ? {} : { $or: [{ title: containing(q) }, { message: containing(q) }] };
      const read = unread === undefined ? {} : { readAt: unread === 'true' ? null : { $ne: null } };
      const filter = {
        ...(type && { type }),
        ...(level && { severity: level }),
        ...(symbol && { 'data.symbol': symbol }),
        ...(delivery && { 'deliveries.status': delivery }),
        ...read,
        ...text,
      };
      const source = {
        ...ownedBy(user),
        collection: database.models.notifications,
        time: 'createdAt' as const,
        filter,
      };
      const { items, nextCursor } = await pageByTime<NotificationDocument>(source, range);
      return { items: items.map(views.notification), nextCursor };
    },
  });

  const read = defineRoute({
    method: 'post',
    path: '/api/notifications/read',
    tag: 'Notifications',
    summary: 'Mark as read: the ids given, or all',
    access: 'user',
    body: schemas.read,
    answers: { 200: schemas.readAnswer },
    handle: async ({ user, body }) => ({ read: await repositories.notifications.markRead(user._id, body.ids ?? null) }),
  });

  const readSettings = defineRoute({
    method: 'get',
    path: '/api/notifications/settings',
    tag: 'Notifications',
    summary: 'Where notifications go; addresses that are secrets are not shown',
    access: 'user',
    answers: { 200: schemas.settings },
    handle: async ({ user }) => settings.view(user, await configOf(user._id)),
  });

  const putSettings = defineRoute({
    method: 'put',
    path: '/api/notifications/settings',
    tag: 'Notifications',
    summary: 'Change the fields given; null takes an address away; a new mail address is sent a code',
    access: 'user',
    body: schemas.settingsPut,
    answers: { 200: schemas.settings },
    async handle({ user, body, ip }) {
      await settings.put(user, body);
      const changes = { fields: Object.keys(body) };
      await repositories.audit.append({
        actorId: user._id,
        userId: user._id,
        action: 'notifications.update',
        changes,
        ip,
      });
      return settings.view(user, await configOf(user._id));
    },
  });

  const test = defineRoute({
    method: 'post',
    path: '/api/notifications/test',
    tag: 'Notifications',
    summary: 'Send a test message and say how each channel answered',
    access: 'user',
    body: schemas.test,
    answers: { 200: schemas.testAnswer },
    handle: ({ user, body }) => settings.test(user, body.channel),
  });

  const verify = defineRoute({
    method: 'post',
    path: '/api/notifications/verify',
    tag: 'Notifications',
    summary: 'Verify the mail address with the code that was sent, or ask for one',
    access: 'user',
    body: schemas.verify,
    answers: { 200: schemas.verifyAnswer },
    handle: ({ user, body }) => settings.verify(user, body.code),
  });

  return [list, read, readSettings, putSettings, test, verify];
}
