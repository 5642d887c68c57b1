import type { Amount } from '../amounts.js';
import type { Account, Order, Trade } from './types.js';

// Orders and trades as flat rows: the journal's lines stay short and fast to read.

export const amountFrom = (text: string): Amount => {
  const negative = text.startsWith('-');
  const value = BigInt(text.replace(/[-.]/g, ''));
  return negative ? -value : value;
};

export type AccountRow = Pick<Account, 'id' | 'uid' | 'apiKey' | 'secret' | 'createdAt' | 'permissions'>;
export const encodeAccount = ({ id, uid, apiKey, secret, createdAt, permissions }: Account): AccountRow => ({
  id,
  uid,
  apiKey,
  secret,
  createdAt,
  permissions,
});

export type OrderRow = (string | number | boolean)[];
export function encodeOrder(o: Order): OrderRow {
  return [
    o.id,
    o.account,
    o.symbol,
    o.side,
    o.type,
    o.timeInForce,
    o.price.toString(),
    o.stopPrice.toString(),
    o.quantity.toString(),
    o.quoteQuantity.toString(),
    o.executed.toString(),
    o.quote.toString(),
    o.status,
    o.clientId,
    o.listId,
    o.pair,
    o.time,
    o.updateTime,
    o.workingTime,
    o.lock.toString(),
    o.triggered,
    o.sizedByWorking,
  ];
}
export function decodeOrder(row: OrderRow): Order {
  const big = (i: number) => BigInt(row[i] as string);
  return {
    id: row[0] as number,
    account: row[1] as string,
    symbol: row[2] as string,
    side: row[3] as Order['side'],
    type: row[4] as Order['type'],
    timeInForce: row[5] as Order['timeInForce'],
    price: big(6),
    stopPrice: big(7),
    quantity: big(8),
    quoteQuantity: big(9),
    executed: big(10),
    quote: big(11),
    status: row[12] as Order['status'],
    clientId: row[13] as string,
    listId: row[14] as number,
    pair: row[15] as number,
    time: row[16] as number,
    updateTime: row[17] as number,
    workingTime: row[18] as number,
    lock: big(19),
    triggered: row[20] as boolean,
    sizedByWorking: row[21] as boolean,
  };
}

export type TradeRow = (string | number | boolean)[];
export const encodeTrade = (x: Trade): TradeRow => [
  x.id,
  x.account,
  x.orderId,
  x.listId,
  x.symbol,
  x.side,
  x.price.toString(),
  x.quantity.toString(),
  x.quote.toString(),
  x.fee.toString(),
  x.feeAsset,
  x.time,
  x.maker,
];
export function decodeTrade(row: TradeRow): Trade {
  const big = (i: number) => BigInt(row[i] as string);
  return {
    id: row[0] as number,
    account: row[1] as string,
    orderId: row[2] as number,
    listId: row[3] as number,
    symbol: row[4] as string,
    side: row[5] as Trade['side'],
    price: big(6),
    quantity: big(7),
    quote: big(8),
    fee: big(9),
    feeAsset: row[10] as string,
    time: row[11] as number,
    maker: row[12] as boolean,
  };
}
