/** Puts routes on an express application: identify, check, handle in time, answer. */
import type { Express, Request, RequestHandler, Response } from 'express';
import type { z } from 'zod';
import { listIssues } from '../../adapters/config/issues.js';
import { within } from '../../adapters/within.js';
import type { Identify } from '../auth/identify.js';
import { type FieldError, invalid, Problem, unavailable } from './problem.js';
import { type Call, isReply, type Route } from './route.js';

const DEADLINE_MS = 15_000;

export function mountRoutes(app: Express, routes: readonly Route[], identify: Identify): void {
  for (const route of routes) app[route.method](route.path, handlerOf(route, identify));
  for (const path of new Set(routes.map((route) => route.path)))
    app.all(path, methodNotAllowed(routes.filter((route) => route.path === path)));
}

function handlerOf(route: Route, identify: Identify): RequestHandler {
  return async (request, response) => {
    const who = route.access === 'public' ? null : await identify(request, route);
    const call: Call = {
      ...checked(route, request),
      get user() {
        if (!who) throw new Error(`${route.path} is public and has no user`);
        return who.user;
      },
      get session() {
        if (!who) throw new Error(`${route.path} is public and has no session`);
        return who.session;
      },
      ip: request.ip ?? '',
      wantsCsv: route.csv === true && request.accepts(['application/json', 'text/csv']) === 'text/csv',
      request,
      response,
    };
    const deadline = route.deadlineMs ?? DEADLINE_MS;
    answer(route, response, await within(Promise.resolve(route.handle(call)), deadline, tooLong));
  };
}

/** Checks path, query and body together, so that one answer lists every wrong field. */
function checked(route: Route, request: Request): { params: unknown; query: unknown; body: unknown } {
  const errors: FieldError[] = [];
  const parse = (schema: z.ZodType | undefined, input: unknown): unknown => {
    if (!schema) return input;
    const result = schema.safeParse(input);
    if (result.success) return result.data;
    errors.push(...listIssues(result.error, input));
    return undefined;
  };
  const params = parse(route.params, { ...request.params });
  const query = parse(route.query, { ...request.query });
  if (!route.query && Object.keys(request.query).length > 0)
    errors.push(...Object.keys(request.query).map((path) => ({ path, message: 'is not a known parameter' })));
  const body = route.body ? parse(route.body, bodyOf(request)) : undefined;
  if (errors.length > 0) throw invalid(errors);
  return { params, query, body };
}

/** An absent body is an empty one; another content type than JSON is refused. */
function bodyOf(request: Request): unknown {
  const length = request.headers['content-length'];
  const empty = (length === undefined || length === '0') && request.headers['transfer-encoding'] === undefined;
  if (empty) return {};
  if (request.is(['application/json', 'application/*+json']) === false)
    throw new Problem(415, 'UNSUPPORTED_BODY', 'The body must be JSON: set content-type to application/json.');
  return request.body ?? {};
}

function answer(route: Route, response: Response, result: unknown): void {
  if (!isReply(result)) {
    response.status(Number(Object.keys(route.answers)[0] ?? 200)).json(result);
    return;
  }
  if (result.sent) return;
  response.status(result.status);
  for (const [name, value] of Object.entries(result.headers ?? {})) response.setHeader(name, value);
  if (result.body === undefined) response.end();
  else if (typeof result.body === 'string' || Buffer.isBuffer(result.body)) response.send(result.body);
  else response.json(result.body);
}

const tooLong = (): Error => unavailable('TIMEOUT', 'This took too long; try again.');

function methodNotAllowed(routes: readonly Route[]): RequestHandler {
  const allow = [...new Set(routes.map(({ method }) => method.toUpperCase()))];
  if (allow.includes('GET')) allow.push('HEAD');
  return (request) => {
    throw new Problem(405, 'METHOD_NOT_ALLOWED', `${request.method} is not served here.`, {
      headers: { allow: allow.join(', ') },
    });
  };
}
