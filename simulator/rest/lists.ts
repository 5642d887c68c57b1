import { listsOf, tradesOfOrder } from '../ledger/history.js';
import type { Order, OrderList, OrderType, Side } from '../ledger/types.js';
import { cancelView, listView, placementView } from '../ledger/views.js';
import { placeOco, placeOto } from '../matching/lists.js';
import type { Draft } from '../matching/filters.js';
import { newClientId, prefixed, readDraft, readSide, readType, RESPONSE_KINDS } from './drafts.js';
import { errors } from './errors.js';
import { rulesOf } from './market.js';
import type { Route, RouteContext } from './routes.js';

const SIGNED = ['timestamp', 'recvWindow', 'signature'];
const COMMON = ['symbol', 'listClientOrderId', 'newOrderRespType', 'selfTradePreventionMode', ...SIGNED];
const leg = (prefix: string) =>
  [
    'Type',
    'ClientOrderId',
    'Price',
    'StopPrice',
    'TimeInForce',
    'IcebergQty',
    'TrailingDelta',
    'StrategyId',
    'StrategyType',
  ].map((name) => `${prefix}${name}`);
const working = [...leg('working'), 'workingSide', 'workingQuantity'];

/** Books what was placed and answers with the list and a report per order. */
function answer(context: RouteContext, list: OrderList) {
  const { exchange, account, limits, params, time } = context;
  const kind =
    params.oneOf('newOrderRespType', RESPONSE_KINDS, () => errors.invalidValue('newOrderRespType')) ?? 'RESULT';
  exchange.ledger.commit(time);
  const orders = list.orderIds.map((id) => exchange.ledger.orders.get(id) as Order);
  limits.countOrders(account, orders.filter((order) => order.status !== 'FILLED').length);
  const view = listView(exchange.ledger, list);
  if (kind === 'ACK') return view;
  return { ...view, orderReports: orders.map((order) => placementView(order, tradesOfOrder(account, order), kind)) };
}

const listId = (context: RouteContext) => context.params.clientId('listClientOrderId') ?? newClientId();

function readLeg(context: RouteContext, prefix: string, symbol: string, side: Side, quantity: bigint): Draft {
  return readDraft(
    context.params,
    { symbol, side, type: readType(context.params, `${prefix}Type`), quantity },
    prefixed(prefix),
  );
}

function oco(context: RouteContext) {
  const { params, exchange, account } = context;
  const { symbol } = rulesOf(exchange, params.required('symbol'));
  const side = readSide(params);
  const quantity = params.requiredAmount('quantity');
  const above = readLeg(context, 'above', symbol, side, quantity);
  const below = readLeg(context, 'below', symbol, side, quantity);
  return answer(context, placeOco(exchange.placing, account, { listClientId: listId(context), above, below }));
}

/** The older form: a LIMIT_MAKER and a stop, told apart by their parameters' names. */
function oldOco(context: RouteContext) {
  const { params, exchange, account } = context;
  const { symbol } = rulesOf(exchange, params.required('symbol'));
  const side = readSide(params);
  const quantity = params.requiredAmount('quantity');
  const stopType: OrderType = params.has('stopLimitPrice') ? 'STOP_LOSS_LIMIT' : 'STOP_LOSS';
  const names = (price: string, clientId: string) => ({
    price,
    clientId,
    stopPrice: 'stopPrice',
    timeInForce: 'stopLimitTimeInForce',
    iceberg: 'limitIcebergQty',
    trailing: 'trailingDelta',
  });
  const stop = readDraft(
    params,
    { symbol, side, type: stopType, quantity },
    names('stopLimitPrice', 'stopClientOrderId'),
  );
  const target = readDraft(
    params,
    { symbol, side, type: 'LIMIT_MAKER', quantity },
    { ...names('price', 'limitClientOrderId'), stopPrice: '', timeInForce: '' },
  );
  const [above, below] = side === 'SELL' ? [target, stop] : [stop, target];
  return answer(context, placeOco(exchange.placing, account, { listClientId: listId(context), above, below }));
}

/** OTO and OTOCO name the pending quantity; OPO and OPOCO take it from what the working order received. */
function oto(context: RouteContext, pair: boolean, sizedByWorking: boolean) {
  const { params, exchange, account } = context;
  const { symbol } = rulesOf(exchange, params.required('symbol'));
  const workingSide = readSide(params, 'workingSide');
  const first = readLeg(context, 'working', symbol, workingSide, params.requiredAmount('workingQuantity'));
  if (first.type !== 'LIMIT' && first.type !== 'LIMIT_MAKER') throw errors.orderType();
  const pendingSide = readSide(params, 'pendingSide');
  const quantity = sizedByWorking ? 0n : params.requiredAmount('pendingQuantity');
  const pending: [Draft] | [Draft, Draft] = pair
    ? [
        readLeg(context, 'pendingBelow', symbol, pendingSide, quantity),
        readLeg(context, 'pendingAbove', symbol, pendingSide, quantity),
      ]
    : [readLeg(context, 'pending', symbol, pendingSide, quantity)];
  return answer(
    context,
    placeOto(exchange.placing, account, { listClientId: listId(context), working: first, pending, sizedByWorking }),
  );
}

function findList({ exchange, params, account }: RouteContext, clientIdName: string): OrderList | undefined {
  const id = params.whole('orderListId');
  const clientId = params.clientId(clientIdName);
  if (id === undefined && clientId === undefined) throw errors.eitherMandatory(clientIdName, 'orderListId');
  const list = id !== undefined ? exchange.ledger.listOf(account, id) : listsOf(account, { tag: clientId }).at(-1);
  return list?.account === account.id ? list : undefined;
}

function cancelList(context: RouteContext) {
  const { exchange, params, time } = context;
  const { symbol } = rulesOf(exchange, params.required('symbol'));
  const list = findList(context, 'listClientOrderId');
  if (!list || list.symbol !== symbol || list.status !== 'EXECUTING') throw errors.unknownCancel();
  const cancelId = params.clientId('newClientOrderId') ?? newClientId();
  const first = list.orderIds
    .map((id) => exchange.ledger.orders.get(id) as Order)
    .find((order) => context.account.open.has(order.id));
  if (!first) throw errors.unknownCancel();
  const cancelled = exchange.engine.cancel(first, time, cancelId);
  exchange.ledger.commit(time);
  return {
    ...listView(exchange.ledger, list),
    transactionTime: time,
    orderReports: cancelled.map((order) => cancelView(order, cancelId)),
  };
}

const placement = (parameters: readonly string[], orders: number, handle: Route['handle']): Route => ({
  security: 'SIGNED',
  right: 'trading',
  weight: 1,
  refundable: true,
  orders,
  parameters: [...COMMON, ...parameters],
  handle,
});

export const listRoutes: Record<string, Route> = {
  'POST /api/v3/orderList/oco': placement(['side', 'quantity', ...leg('above'), ...leg('below')], 2, oco),
  'POST /api/v3/order/oco': placement(
    [
      'side',
      'quantity',
      'limitClientOrderId',
      'price',
      'limitIcebergQty',
      'stopClientOrderId',
      'stopPrice',
      'trailingDelta',
      'stopLimitPrice',
      'stopIcebergQty',
      'stopLimitTimeInForce',
      'limitStrategyId',
      'limitStrategyType',
      'stopStrategyId',
      'stopStrategyType',
    ],
    2,
    oldOco,
  ),
  'POST /api/v3/orderList/oto': placement(
    [...working, ...leg('pending'), 'pendingSide', 'pendingQuantity'],
    2,
    (context) => oto(context, false, false),
  ),
  'POST /api/v3/orderList/otoco': placement(
    [...working, ...leg('pendingAbove'), ...leg('pendingBelow'), 'pendingSide', 'pendingQuantity'],
    3,
    (context) => oto(context, true, false),
  ),
  'POST /api/v3/orderList/opo': placement([...working, ...leg('pending'), 'pendingSide'], 2, (context) =>
    oto(context, false, true),
  ),
  'POST /api/v3/orderList/opoco': placement(
    [...working, ...leg('pendingAbove'), ...leg('pendingBelow'), 'pendingSide'],
    3,
    (context) => oto(context, true, true),
  ),
  'DELETE /api/v3/orderList': {
    security: 'SIGNED',
    right: 'trading',
    weight: 1,
    refundable: true,
    parameters: ['symbol', 'orderListId', 'listClientOrderId', 'newClientOrderId', ...SIGNED],
    handle: cancelList,
  },
  'GET /api/v3/orderList': {
    security: 'SIGNED',
    weight: 4,
    parameters: ['orderListId', 'origClientOrderId', ...SIGNED],
    handle(context) {
      const list = findList(context, 'origClientOrderId');
      if (!list) throw errors.noList();
      return listView(context.exchange.ledger, list);
    },
  },
  'GET /api/v3/allOrderList': {
    security: 'SIGNED',
    weight: 20,
    parameters: ['fromId', 'startTime', 'endTime', 'limit', ...SIGNED],
    handle({ account, exchange, params }) {
      const limit = Math.min(params.whole('limit') ?? 500, 1_000);
      const [fromId, from, to] = ['fromId', 'startTime', 'endTime'].map((name) => params.whole(name));
      return listsOf(account, { fromId, from, to, last: limit })
        .slice(-limit)
        .map((list) => listView(exchange.ledger, list));
    },
  },
  'GET /api/v3/openOrderList': {
    security: 'SIGNED',
    weight: 6,
    parameters: SIGNED,
    handle: ({ account, exchange }) =>
      account.lists.filter((list) => list.status === 'EXECUTING').map((list) => listView(exchange.ledger, list)),
  },
};
