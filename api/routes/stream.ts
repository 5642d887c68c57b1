/** Server-sent events for open pages. */
import { createSession } from 'better-sse';
import type { SessionDocument } from '../../adapters/database/documents.js';
import { requiredOf } from '../auth/policy.js';
import type { ApiDependencies } from '../dependencies.js';
import { Problem } from '../http/problem.js';
import { alreadySent, defineRoute, type Route } from '../http/route.js';
import type { StreamHub } from '../services/stream.js';

const MOST_PAGES = 100;
const RECHECK_MS = 15_000;

export function streamRoutes(
  { repositories: { sessions, users }, signInPolicy }: Pick<ApiDependencies, 'repositories' | 'signInPolicy'>,
  hub: StreamHub,
  ends: Set<() => void>,
): Route[] {
  const pages = new Map<string, number>();
  const mayReadOn = async ({ _id, userId }: SessionDocument): Promise<boolean> => {
    if (!(await sessions.get(_id))) return false;
    if (signInPolicy === 'basic') return true; // no second look at the database for what cannot be
    const user = await users.get(userId);
    return user !== null && requiredOf(user, signInPolicy).length === 0;
  };
  return [
    defineRoute({
      method: 'get',
      path: '/api/stream',
      tag: 'History',
      summary:
        'News as they come: status, log, signal, trade, position, notification, equity, market; resumes by Last-Event-ID',
      access: 'user',
      answers: { 200: null },
      produces: 'text/event-stream',
      async handle({ user, session, request, response }) {
        const open = pages.get(user._id) ?? 0;
        if (open >= MOST_PAGES)
          throw new Problem(429, 'TOO_MANY_STREAMS', `At most ${MOST_PAGES} streams at once.`, {
            headers: { 'retry-after': '5' },
          });
        pages.set(user._id, open + 1);
        const stream = await createSession(request, response, {
          keepAlive: 10_000,
          retry: 1_000,
          trustClientEventId: true,
          serializer: written,
        });
        const given = request.headers['last-event-id'];
        const stop = hub.listen(user._id, typeof given === 'string' ? given : null, (news) => {
          if (stream.isConnected) for (const { data, event, id } of news) stream.push(data, event, id);
        });
        // A stream outlives its request's check: a sign-in that ended, or an account that is limited again, must not go on reading.
        const recheck = setInterval(() => {
          mayReadOn(session).then(
            (may) => may || end(),
            () => undefined,
          );
        }, RECHECK_MS);
        const end = (): void => void response.end();
        ends.add(end);
        stream.on('disconnected', () => {
          stop();
          clearInterval(recheck);
          ends.delete(end);
          const left = (pages.get(user._id) ?? 1) - 1;
          if (left > 0) pages.set(user._id, left);
          else pages.delete(user._id);
        });
        return alreadySent;
      },
    }),
  ];
}

const texts = new WeakMap<object, string>();

/** News as JSON: what goes to fifty pages is written down once. */
function written(data: unknown): string {
  if (typeof data !== 'object' || data === null) return JSON.stringify(data);
  const text = texts.get(data) ?? JSON.stringify(data);
  texts.set(data, text);
  return text;
}
