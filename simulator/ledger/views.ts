import { formatAmount } from '../amounts.js';
import { type Account, isConditional, type Order, type OrderList, type Trade, type Transfer } from './types.js';
import type { Ledger } from './ledger.js';

/** An order as GET /api/v3/order and allOrders give it. */
export const orderView = (order: Order) => ({
  symbol: order.symbol,
  orderId: order.id,
  orderListId: order.listId,
  clientOrderId: order.clientId,
  price: formatAmount(order.price),
  origQty: formatAmount(order.quantity),
  executedQty: formatAmount(order.executed),
  cummulativeQuoteQty: formatAmount(order.quote),
  status: order.status,
  timeInForce: order.timeInForce,
  type: order.type,
  side: order.side,
  stopPrice: formatAmount(order.stopPrice),
  icebergQty: '0.00000000',
  time: order.time,
  updateTime: order.updateTime,
  isWorking: order.status !== 'PENDING_NEW' && (!isConditional(order) || order.triggered),
  workingTime: order.workingTime,
  origQuoteOrderQty: formatAmount(order.quoteQuantity),
  selfTradePreventionMode: 'EXPIRE_MAKER',
});

/** The answer to a placement. `kind` is newOrderRespType. */
export function placementView(order: Order, trades: readonly Trade[], kind: 'ACK' | 'RESULT' | 'FULL') {
  const ack = {
    symbol: order.symbol,
    orderId: order.id,
    orderListId: order.listId,
    clientOrderId: order.clientId,
    transactTime: order.updateTime,
  };
  if (kind === 'ACK') return ack;
  const result = {
    ...ack,
    price: formatAmount(order.price),
    origQty: formatAmount(order.quantity),
    executedQty: formatAmount(order.executed),
    origQuoteOrderQty: formatAmount(order.quoteQuantity),
    cummulativeQuoteQty: formatAmount(order.quote),
    status: order.status,
    timeInForce: order.timeInForce,
    type: order.type,
    side: order.side,
    ...(order.stopPrice > 0n ? { stopPrice: formatAmount(order.stopPrice) } : {}),
    workingTime: order.workingTime,
    selfTradePreventionMode: 'EXPIRE_MAKER',
  };
  if (kind === 'RESULT') return result;
  const fills = trades.map((trade) => ({
    price: formatAmount(trade.price),
    qty: formatAmount(trade.quantity),
    commission: formatAmount(trade.fee),
    commissionAsset: trade.feeAsset,
    tradeId: trade.id,
  }));
  return { ...result, fills };
}

export const cancelView = (order: Order, cancelId: string) => ({
  symbol: order.symbol,
  origClientOrderId: order.clientId,
  orderId: order.id,
  orderListId: order.listId,
  clientOrderId: cancelId,
  transactTime: order.updateTime,
  price: formatAmount(order.price),
  origQty: formatAmount(order.quantity),
  executedQty: formatAmount(order.executed),
  origQuoteOrderQty: formatAmount(order.quoteQuantity),
  cummulativeQuoteQty: formatAmount(order.quote),
  status: order.status,
  timeInForce: order.timeInForce,
  type: order.type,
  side: order.side,
  ...(order.stopPrice > 0n ? { stopPrice: formatAmount(order.stopPrice) } : {}),
  selfTradePreventionMode: 'EXPIRE_MAKER',
});

export const tradeView = (trade: Trade) => ({
  symbol: trade.symbol,
  id: trade.id,
  orderId: trade.orderId,
  orderListId: trade.listId,
  price: formatAmount(trade.price),
  qty: formatAmount(trade.quantity),
  quoteQty: formatAmount(trade.quote),
  commission: formatAmount(trade.fee),
  commissionAsset: trade.feeAsset,
  time: trade.time,
  isBuyer: trade.side === 'BUY',
  isMaker: trade.maker,
  isBestMatch: true,
});

const STATUS_TYPE = { EXECUTING: 'EXEC_STARTED', ALL_DONE: 'ALL_DONE', REJECT: 'REJECT' } as const;
export const listView = (ledger: Ledger, list: OrderList) => ({
  orderListId: list.id,
  contingencyType: list.contingency,
  listStatusType: STATUS_TYPE[list.status],
  listOrderStatus: list.status,
  listClientOrderId: list.clientId,
  transactionTime: list.time,
  symbol: list.symbol,
  orders: list.orderIds.map((id) => ({
    symbol: list.symbol,
    orderId: id,
    clientOrderId: ledger.orderOf(list.account, list.symbol, id)?.clientId ?? '',
  })),
});

export const balancesView = (account: Account, omitZero = false) =>
  [...account.balances]
    .filter(([, balance]) => !omitZero || balance.free !== 0n || balance.locked !== 0n)
    .map(([asset, balance]) => ({ asset, free: formatAmount(balance.free), locked: formatAmount(balance.locked) }));

export const depositView = (one: Transfer) => ({
  id: String(one.id),
  amount: trimmed(one),
  coin: one.asset,
  network: one.asset,
  status: 1,
  address: 'outside',
  addressTag: '',
  txId: `deposit-${one.id}`,
  insertTime: one.time,
  transferType: 0,
  confirmTimes: '1/1',
  unlockConfirm: 0,
  walletType: 0,
});

export const withdrawalView = (one: Transfer) => ({
  id: String(one.id),
  amount: trimmed(one),
  transactionFee: '0',
  coin: one.asset,
  status: 6,
  address: 'outside',
  txId: `withdrawal-${one.id}`,
  applyTime: new Date(one.time).toISOString().replace('T', ' ').slice(0, 19),
  completeTime: new Date(one.time).toISOString().replace('T', ' ').slice(0, 19),
  network: one.asset,
  transferType: 0,
  walletType: 0,
});

const trimmed = (one: Transfer) => formatAmount(one.amount < 0n ? -one.amount : one.amount).replace(/\.?0+$/, '');
