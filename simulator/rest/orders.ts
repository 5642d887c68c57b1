import { ordersOf, tradesOfOrder } from '../ledger/history.js';
import type { Order } from '../ledger/types.js';
import { cancelView, orderView, placementView } from '../ledger/views.js';
import { checkOrder, placeOrder } from '../matching/place.js';
import type { Draft } from '../matching/filters.js';
import { newClientId, readDraft, readSide, readType, RESPONSE_KINDS } from './drafts.js';
import { ApiError, errors } from './errors.js';
import { rulesOf } from './market.js';
import type { Route, RouteContext } from './routes.js';
import { listView } from '../ledger/views.js';

const SIGNED = ['timestamp', 'recvWindow', 'signature'];
const ORDER_PARAMETERS = [
  'symbol',
  'side',
  'type',
  'timeInForce',
  'quantity',
  'quoteOrderQty',
  'price',
  'newClientOrderId',
  'strategyId',
  'strategyType',
  'stopPrice',
  'trailingDelta',
  'icebergQty',
  'newOrderRespType',
  'selfTradePreventionMode',
  ...SIGNED,
];

export function orderDraft({ exchange, params }: RouteContext): Draft {
  const { symbol } = rulesOf(exchange, params.required('symbol'));
  const side = readSide(params);
  const type = readType(params);
  if (type === 'MARKET') {
    if (params.has('quantity') && params.has('quoteOrderQty')) throw errors.combination();
    if (!params.has('quantity') && !params.has('quoteOrderQty'))
      throw errors.eitherMandatory('origQty', 'quoteOrderQty');
    if (params.has('quoteOrderQty'))
      return readDraft(params, {
        symbol,
        side,
        type,
        quantity: 0n,
        quoteQuantity: params.requiredAmount('quoteOrderQty'),
      });
  } else if (params.has('quoteOrderQty')) throw errors.notRequired('quoteOrderQty');
  return readDraft(params, { symbol, side, type, quantity: params.requiredAmount('quantity') });
}

function place(context: RouteContext) {
  const { exchange, account, limits, params } = context;
  const draft = orderDraft(context);
  const defaultKind = draft.type === 'MARKET' || draft.type === 'LIMIT' ? 'FULL' : 'ACK';
  const kind =
    params.oneOf('newOrderRespType', RESPONSE_KINDS, () => errors.invalidValue('newOrderRespType')) ?? defaultKind;
  const order = placeOrder(exchange.placing, account, draft);
  exchange.ledger.commit(context.time);
  // The limit is on unfilled orders: one that filled at once does not count.
  limits.countOrders(account, order.status === 'FILLED' ? 0 : 1);
  return placementView(order, tradesOfOrder(account, order), kind);
}

/** By orderId or origClientOrderId; both have to fit when both are sent. */
export function findOrder(context: RouteContext): Order | undefined {
  const { exchange, params, account } = context;
  const { symbol } = rulesOf(exchange, params.required('symbol'));
  const id = params.whole('orderId');
  const clientId = params.clientId('origClientOrderId');
  if (id === undefined && clientId === undefined) throw errors.eitherMandatory('origClientOrderId', 'orderId');
  const order =
    id !== undefined
      ? lookUp(context, id, symbol)
      : (account.byClientId.get(`${symbol} ${clientId}`) ?? ordersOf(account, symbol, { tag: clientId }).at(-1));
  if (!order || order.account !== account.id || order.symbol !== symbol) return undefined;
  return clientId !== undefined && order.clientId !== clientId ? undefined : order;
}

/** Through the account's own orders when the read lags behind, straight from the ledger otherwise. */
function lookUp({ exchange, account }: RouteContext, id: number, symbol: string): Order | undefined {
  if (exchange.ledger.accounts.get(account.id) === account) return exchange.ledger.orderOf(account.id, symbol, id);
  return ordersOf(account, symbol, { fromId: id, toId: id })[0];
}

function cancelAnswer(context: RouteContext, cancelled: Order[], wanted: Order, cancelId: string): unknown {
  const list = wanted.listId >= 0 ? context.exchange.ledger.lists.get(wanted.listId) : undefined;
  if (!list) return cancelView(wanted, cancelId);
  return {
    ...listView(context.exchange.ledger, list),
    transactionTime: context.time,
    orderReports: cancelled.map((order) => cancelView(order, cancelId)),
  };
}

function cancel(context: RouteContext) {
  const { exchange, params, time } = context;
  const cancelId = params.clientId('newClientOrderId') ?? newClientId();
  const order = findOrder(context);
  if (!order || !context.account.open.has(order.id)) throw errors.unknownCancel();
  const restriction = params.oneOf('cancelRestrictions', ['ONLY_NEW', 'ONLY_PARTIALLY_FILLED'] as const, () =>
    errors.invalidValue('cancelRestrictions'),
  );
  if (restriction && order.status !== (restriction === 'ONLY_NEW' ? 'NEW' : 'PARTIALLY_FILLED'))
    throw new ApiError(-2011, 'Order was not canceled due to cancel restrictions.');
  const cancelled = exchange.engine.cancel(order, time, cancelId);
  exchange.ledger.commit(time);
  return cancelAnswer(context, cancelled, order, cancelId);
}

function cancelAll(context: RouteContext) {
  const { exchange, account, time } = context;
  const { symbol } = rulesOf(exchange, context.params.required('symbol'));
  const open = [...account.open.values()].filter((order) => order.symbol === symbol);
  if (open.length === 0) throw errors.unknownCancel();
  const answers: unknown[] = [];
  for (const order of open) {
    if (!account.open.has(order.id)) continue; // it went with another leg of its list
    const cancelId = newClientId();
    answers.push(cancelAnswer(context, exchange.engine.cancel(order, time, cancelId), order, cancelId));
  }
  exchange.ledger.commit(time);
  return answers;
}

/** Cancels one order and places another; with STOP_ON_FAILURE the second is tried only after the first went. */
function cancelReplace(context: RouteContext) {
  const { params, exchange, account, time } = context;
  params.required('cancelReplaceMode');
  const mode = params.oneOf('cancelReplaceMode', ['STOP_ON_FAILURE', 'ALLOW_FAILURE'] as const, () =>
    errors.invalidValue('cancelReplaceMode'),
  );
  const draft = orderDraft(context);
  const { symbol } = draft;
  const id = params.whole('cancelOrderId');
  const clientId = params.clientId('cancelOrigClientOrderId');
  if (id === undefined && clientId === undefined)
    throw errors.eitherMandatory('cancelOrigClientOrderId', 'cancelOrderId');
  const old = id !== undefined ? exchange.ledger.orders.get(id) : account.byClientId.get(`${symbol} ${clientId}`);
  const cancelId = params.clientId('cancelNewClientOrderId') ?? newClientId();
  const found = old && old.symbol === symbol && account.open.has(old.id) ? old : undefined;
  const cancelled = found ? exchange.engine.cancel(found, time, cancelId) : [];
  const cancelResponse = found
    ? cancelAnswer(context, cancelled, found, cancelId)
    : { code: -2011, msg: 'Unknown order sent.' };
  const failed = (code: number, msg: string, newOrderResult: string, newOrderResponse: unknown, status: number) => {
    exchange.ledger.commit(time);
    throw new PartlyDone(
      code,
      msg,
      { cancelResult: found ? 'SUCCESS' : 'FAILURE', newOrderResult, cancelResponse, newOrderResponse },
      status,
    );
  };
  if (!found && mode === 'STOP_ON_FAILURE')
    return failed(-2022, 'Order cancel-replace failed.', 'NOT_ATTEMPTED', null, 400);
  try {
    const order = placeOrder(exchange.placing, account, draft);
    exchange.ledger.commit(time);
    const newOrderResponse = placementView(order, tradesOfOrder(account, order), 'FULL');
    if (!found) return failed(-2021, 'Order cancel-replace partially failed.', 'SUCCESS', newOrderResponse, 409);
    return { cancelResult: 'SUCCESS', newOrderResult: 'SUCCESS', cancelResponse, newOrderResponse };
  } catch (error) {
    if (!(error instanceof ApiError) || error instanceof PartlyDone) throw error;
    const response = { code: error.code, msg: error.message };
    return found
      ? failed(-2021, 'Order cancel-replace partially failed.', 'FAILURE', response, 409)
      : failed(-2022, 'Order cancel-replace failed.', 'FAILURE', response, 400);
  }
}

/** -2021 and -2022 carry what was done and what was not. */
export class PartlyDone extends ApiError {
  constructor(
    code: number,
    message: string,
    readonly data: unknown,
    status: number,
  ) {
    super(code, message, status);
  }
}

const QUERY = ['symbol', 'orderId', 'origClientOrderId', ...SIGNED];

export const orderRoutes: Record<string, Route> = {
  'POST /api/v3/order': {
    security: 'SIGNED',
    right: 'trading',
    weight: 1,
    refundable: true,
    orders: 1,
    parameters: ORDER_PARAMETERS,
    handle: place,
  },
  'POST /api/v3/order/test': {
    security: 'SIGNED',
    right: 'trading',
    weight: 1,
    parameters: [...ORDER_PARAMETERS, 'computeCommissionRates'],
    handle(context) {
      checkOrder(context.exchange.placing, context.account, orderDraft(context));
      return {};
    },
  },
  'GET /api/v3/order': {
    security: 'SIGNED',
    weight: 4,
    parameters: QUERY,
    handle(context) {
      const order = findOrder(context);
      if (!order) throw errors.noOrder();
      return orderView(order);
    },
  },
  'DELETE /api/v3/order': {
    security: 'SIGNED',
    right: 'trading',
    weight: 1,
    refundable: true,
    parameters: [...QUERY, 'newClientOrderId', 'cancelRestrictions'],
    handle: cancel,
  },
  'POST /api/v3/order/cancelReplace': {
    security: 'SIGNED',
    right: 'trading',
    weight: 1,
    refundable: true,
    orders: 1,
    handle: cancelReplace,
    parameters: [
      ...ORDER_PARAMETERS,
      'cancelReplaceMode',
      'cancelNewClientOrderId',
      'cancelOrigClientOrderId',
      'cancelOrderId',
      'cancelRestrictions',
      'orderRateLimitExceededMode',
    ],
  },
  'GET /api/v3/openOrders': {
    security: 'SIGNED',
    weight: (params) => (params.has('symbol') ? 6 : 80),
    parameters: ['symbol', ...SIGNED],
    handle({ exchange, account, params }) {
      const symbol = params.text('symbol');
      if (symbol !== undefined) rulesOf(exchange, symbol);
      return [...account.open.values()]
        .filter((order) => symbol === undefined || order.symbol === symbol)
        .map(orderView);
    },
  },
  'DELETE /api/v3/openOrders': {
    security: 'SIGNED',
    right: 'trading',
    weight: 1,
    refundable: true,
    parameters: ['symbol', ...SIGNED],
    handle: cancelAll,
  },
};
