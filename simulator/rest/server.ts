import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { keepAlive } from '../../adapters/keepAlive.js';
import type { Exchange } from '../exchange.js';
import type { FaultTarget } from '../faults/desk.js';
import { planFor, type RequestPlan, spoil, vanish } from '../faults/http.js';
import type { Account } from '../ledger/types.js';
import { authenticate, requireRight, withoutSignature } from './auth.js';
import { ApiError, errors } from './errors.js';
import type { Limits } from './limits.js';
import { PartlyDone } from './orders.js';
import { type Params, parseParams } from './params.js';
import { type Route, type RouteContext, routes } from './routes.js';

export interface Answer {
  status: number;
  body: string;
  headers: Record<string, string>;
}

const LARGEST_BODY = 256 * 1024;

/** The exchange's REST side as an HTTP server that listens nowhere yet. */
export function createRestServer(exchange: Exchange, limits: Limits): Server {
  const server = keepAlive(createServer(take));
  server.on('clientError', (_error, socket) => socket.destroy());

  function take(request: IncomingMessage, response: ServerResponse): void {
    serve(request, response).catch((error: unknown) => {
      console.error('unexpected failure of a request:', error);
      if (!response.headersSent) send(response, failure(error));
      else response.destroy();
    });
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path = '', query = ''] = (request.url ?? '').split('?', 2);
    const endpoint = `${request.method} ${path}`;
    const body = await readBody(request);
    if (body === null) return send(response, failure(new ApiError(-1101, 'Too many parameters.', 413)));
    const apiKey = request.headers['x-mbx-apikey'] as string | undefined;
    const address = request.socket.remoteAddress ?? 'unknown';
    const call = () => answer({ endpoint, query, body, apiKey, address });
    if (!exchange.faults.active()) return send(response, await call());
    const target: FaultTarget = {
      endpoint,
      account: exchange.ledger.byKey.get(apiKey ?? '')?.id,
      symbol: /(?:^|&)symbol=([^&]+)/.exec(`${query}&${body}`)?.[1],
    };
    await serveWithFaults(response, planFor(exchange.faults, target, exchange.realNow), call);
  }

  async function serveWithFaults(
    response: ServerResponse,
    plan: RequestPlan,
    call: () => Promise<Answer>,
  ): Promise<void> {
    if (plan.holdMs > 0) await pause(plan.holdMs);
    const real = plan.executed ? await call() : null;
    if (plan.slowMs > 0) await pause(plan.slowMs);
    if (plan.vanish) return vanish(response, plan.vanish);
    if (plan.replacement) return send(response, plan.replacement);
    const given = real ?? failure(errors.unknownOutcome());
    if (plan.spoil) return spoil(response, plan.spoil, given);
    send(response, given);
  }

  interface Incoming {
    endpoint: string;
    query: string;
    body: string;
    apiKey: string | undefined;
    address: string;
  }

  /** From authentication to the journal nothing waits: the window is judged at the moment the engine acts. */
  async function answer(incoming: Incoming): Promise<Answer> {
    const headers: Record<string, string> = {};
    try {
      const route = routes[incoming.endpoint];
      if (!route) return notFound(incoming.endpoint);
      const params = parseParams(incoming.query, incoming.body);
      const weight = typeof route.weight === 'function' ? route.weight(params) : route.weight;
      try {
        limits.spend(incoming.address, weight);
        const context = open(route, params, incoming);
        const result = route.handle(context);
        if (route.refundable) limits.refund(incoming.address, weight);
        if (route.orders)
          for (const one of limits.orderCounts(context.account))
            headers[`x-mbx-order-count-${one.header.toLowerCase()}`] = String(one.count);
        const body = result instanceof Promise ? await result : result;
        return { status: 200, body: JSON.stringify(body), headers };
      } finally {
        const used = String(limits.used(incoming.address));
        headers['x-mbx-used-weight'] = used;
        headers['x-mbx-used-weight-1m'] = used;
      }
    } catch (error) {
      return failure(error, headers);
    }
  }

  function open(route: Route, params: Params, incoming: Incoming): RouteContext {
    const target = { endpoint: incoming.endpoint, account: exchange.ledger.byKey.get(incoming.apiKey ?? '')?.id };
    const serverTime = exchange.realNow() + exchange.faults.clockSkew(target);
    let account: Account | undefined;
    if (route.security === 'SIGNED') {
      const payload = withoutSignature(incoming.query, incoming.body);
      account = authenticate(exchange.ledger, { apiKey: incoming.apiKey, payload, params }, serverTime);
      requireRight(account, route.right ?? 'reading');
    }
    checkKnown(route, params);
    const time = exchange.advance();
    if (route.orders && account) limits.checkOrders(account, route.orders);
    const context = { exchange, limits, params, time, serverTime, account: account as Account };
    return account && route.security === 'SIGNED'
      ? { ...context, account: exchange.lag.view(account, incoming.endpoint) }
      : context;
  }

  return server;
}

export function checkKnown(route: Pick<Route, 'parameters'>, params: Params): void {
  const names = params.names();
  const read = names.filter((name) => route.parameters.includes(name)).length;
  if (read === names.length) return;
  throw route.parameters.length === 0 ? errors.tooManyParameters(0, names.length) : errors.unread(read, names.length);
}

export function failure(error: unknown, headers: Record<string, string> = {}): Answer {
  if (!(error instanceof ApiError)) {
    console.error('unexpected failure:', error);
    return {
      status: 500,
      body: JSON.stringify({ code: -1000, msg: 'An unknown error occurred while processing the request.' }),
      headers,
    };
  }
  const data = error instanceof PartlyDone ? { data: error.data } : {};
  if (error.retryAfter !== undefined) headers['retry-after'] = String(error.retryAfter);
  return { status: error.status, body: JSON.stringify({ code: error.code, msg: error.message, ...data }), headers };
}

const notFound = (endpoint: string): Answer => ({
  status: 404,
  body: JSON.stringify({
    status: 404,
    error: 'Not Found',
    message: 'No message available',
    path: endpoint.split(' ')[1],
  }),
  headers: {},
});

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(status, {
    'content-type': 'application/json;charset=UTF-8',
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}

/** The form body, "" without one, null when it is too large. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  if (
    request.method === 'GET' &&
    request.headers['content-length'] === undefined &&
    request.headers['transfer-encoding'] === undefined
  )
    return '';
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > LARGEST_BODY) return null;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
