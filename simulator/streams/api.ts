import type { Exchange } from '../exchange.js';
import { planFor } from '../faults/http.js';
import type { Account } from '../ledger/types.js';
import { authenticate, requireRight } from '../rest/auth.js';
import { ApiError } from '../rest/errors.js';
import type { Limits } from '../rest/limits.js';
import { type Params, paramsOf } from '../rest/params.js';
import { routes } from '../rest/routes.js';
import { checkKnown, failure } from '../rest/server.js';
import { MOST_SUBSCRIPTIONS, type UserClient, type UserStreams } from './user.js';

/** The websocket API's methods that are REST calls by another name. */
export const METHODS: Record<string, string> = {
  ping: 'GET /api/v3/ping',
  time: 'GET /api/v3/time',
  exchangeInfo: 'GET /api/v3/exchangeInfo',
  depth: 'GET /api/v3/depth',
  'trades.recent': 'GET /api/v3/trades',
  'trades.aggregate': 'GET /api/v3/aggTrades',
  klines: 'GET /api/v3/klines',
  avgPrice: 'GET /api/v3/avgPrice',
  'ticker.24hr': 'GET /api/v3/ticker/24hr',
  'ticker.price': 'GET /api/v3/ticker/price',
  'ticker.book': 'GET /api/v3/ticker/bookTicker',
  'order.place': 'POST /api/v3/order',
  'order.test': 'POST /api/v3/order/test',
  'order.status': 'GET /api/v3/order',
  'order.cancel': 'DELETE /api/v3/order',
  'order.cancelReplace': 'POST /api/v3/order/cancelReplace',
  'openOrders.status': 'GET /api/v3/openOrders',
  'openOrders.cancelAll': 'DELETE /api/v3/openOrders',
  'orderList.place.oco': 'POST /api/v3/orderList/oco',
  'orderList.place.oto': 'POST /api/v3/orderList/oto',
  'orderList.place.otoco': 'POST /api/v3/orderList/otoco',
  'orderList.place.opo': 'POST /api/v3/orderList/opo',
  'orderList.place.opoco': 'POST /api/v3/orderList/opoco',
  'orderList.status': 'GET /api/v3/orderList',
  'orderList.cancel': 'DELETE /api/v3/orderList',
  'openOrderLists.status': 'GET /api/v3/openOrderList',
  'account.status': 'GET /api/v3/account',
  allOrders: 'GET /api/v3/allOrders',
  allOrderLists: 'GET /api/v3/allOrderList',
  myTrades: 'GET /api/v3/myTrades',
  'account.rateLimits.orders': 'GET /api/v3/rateLimit/order',
};

interface ApiRequest {
  id: unknown;
  method: string;
  params: Record<string, unknown>;
}

/** Answers one message of the websocket API; null when a fault swallows the answer. */
export async function answerApi(
  exchange: Exchange,
  limits: Limits,
  users: UserStreams,
  client: UserClient,
  address: string,
  text: string,
): Promise<string | null> {
  const request = parse(text);
  if (!request)
    return JSON.stringify({
      id: null,
      status: 400,
      error: { code: -1000, msg: 'Malformed JSON or missing id and method.' },
    });
  const { id, method } = request;
  const done = (result: unknown) =>
    JSON.stringify({ id, status: 200, result, rateLimits: [rateLimit(limits, address)] });
  try {
    const endpoint = METHODS[method] ?? `ws-api ${method}`;
    const plan = planFor(
      exchange.faults,
      { endpoint, account: exchange.ledger.byKey.get(String(request.params.apiKey))?.id },
      exchange.realNow,
    );
    if (plan.holdMs > 0) await new Promise((resolve) => setTimeout(resolve, plan.holdMs));
    const result = plan.executed ? await run(exchange, limits, users, client, address, request) : null;
    if (plan.slowMs > 0) await new Promise((resolve) => setTimeout(resolve, plan.slowMs));
    if (plan.vanish === 'reset') client.socket.terminate();
    if (plan.vanish || plan.spoil) return null;
    if (plan.replacement)
      return JSON.stringify({ id, status: plan.replacement.status, error: JSON.parse(plan.replacement.body) });
    return done(result);
  } catch (error) {
    const { status, body } = failure(error);
    return JSON.stringify({ id, status, error: JSON.parse(body) });
  }
}

function parse(text: string): ApiRequest | null {
  try {
    const { id, method, params } = JSON.parse(text) as Partial<ApiRequest>;
    if (typeof method !== 'string' || (typeof params !== 'object' && params !== undefined)) return null;
    return { id, method, params: params ?? {} };
  } catch {
    return null;
  }
}

function run(
  exchange: Exchange,
  limits: Limits,
  users: UserStreams,
  client: UserClient,
  address: string,
  { method, params: given }: ApiRequest,
): unknown {
  const params = paramsOf(
    new Map(
      Object.entries(given).map(([name, value]) => [
        name,
        typeof value === 'object' ? JSON.stringify(value) : String(value),
      ]),
    ),
  );
  const serverTime = exchange.realNow() + exchange.faults.clockSkew({ endpoint: `ws-api ${method}` });
  const sign = () =>
    authenticate(exchange.ledger, { apiKey: params.text('apiKey'), payload: sorted(given), params }, serverTime);
  if (method === 'userDataStream.subscribe.signature') {
    limits.spend(address, 2);
    return { subscriptionId: subscribe(users, client, sign()) };
  }
  if (method === 'userDataStream.unsubscribe') {
    const id = params.whole('subscriptionId');
    const ids = id === undefined ? [...client.subscriptions.keys()] : [id];
    for (const one of ids)
      if (!users.unsubscribe(client, one)) throw new ApiError(-2034, 'No user data stream subscription with that id.');
    return {};
  }
  const route = routes[METHODS[method] ?? ''];
  if (!route) throw new ApiError(-1000, `Unknown method '${method}'.`);
  const weight = typeof route.weight === 'function' ? route.weight(params) : route.weight;
  limits.spend(address, weight);
  const owner = route.security === 'SIGNED' ? sign() : undefined;
  if (owner) requireRight(owner, route.right ?? 'reading');
  checkKnown({ parameters: [...route.parameters, 'apiKey', 'timestamp', 'recvWindow', 'signature'] }, params);
  const time = exchange.advance();
  if (route.orders && owner) limits.checkOrders(owner, route.orders);
  const account = (owner ? exchange.lag.view(owner, METHODS[method] as string) : undefined) as Account;
  const result = route.handle({ exchange, limits, params: withoutKey(params), time, serverTime, account });
  if (route.refundable) limits.refund(address, weight);
  return result;
}

function subscribe(users: UserStreams, client: UserClient, account: Account): number {
  if (client.subscriptions.size >= MOST_SUBSCRIPTIONS)
    throw new ApiError(-1191, 'Too many user data stream subscriptions on this connection.');
  if ([...client.subscriptions.values()].includes(account.id))
    throw new ApiError(-2035, 'User data stream subscription already active.');
  const id = client.nextId++;
  users.subscribe(client, account.id, id);
  return id;
}

/** What the websocket API signs: every parameter but the signature, by name in alphabetical order. */
const sorted = (given: Record<string, unknown>) =>
  Object.keys(given)
    .filter((name) => name !== 'signature')
    .sort()
    .map((name) => `${name}=${typeof given[name] === 'object' ? JSON.stringify(given[name]) : String(given[name])}`)
    .join('&');

const withoutKey = (params: Params): Params => ({
  ...params,
  names: () => params.names().filter((name) => name !== 'apiKey'),
});

const rateLimit = (limits: Limits, address: string) => ({
  rateLimitType: 'REQUEST_WEIGHT',
  interval: 'MINUTE',
  intervalNum: 1,
  limit: limits.weightLimit,
  count: limits.used(address),
});
