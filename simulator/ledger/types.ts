import type { Amount } from '../amounts.js';
import type { Archive } from './archive.js';

export type Side = 'BUY' | 'SELL';
export type OrderType =
  | 'LIMIT'
  | 'MARKET'
  | 'LIMIT_MAKER'
  | 'STOP_LOSS'
  | 'STOP_LOSS_LIMIT'
  | 'TAKE_PROFIT'
  | 'TAKE_PROFIT_LIMIT';
export type TimeInForce = 'GTC' | 'IOC' | 'FOK';
export type OrderStatus = 'PENDING_NEW' | 'NEW' | 'PARTIALLY_FILLED' | 'FILLED' | 'CANCELED' | 'EXPIRED';

export interface Order {
  id: number;
  account: string;
  symbol: string;
  side: Side;
  type: OrderType;
  timeInForce: TimeInForce;
  price: Amount; // 0 for market types
  stopPrice: Amount; // 0 where there is none
  quantity: Amount;
  quoteQuantity: Amount; // quoteOrderQty as sent, else 0
  executed: Amount;
  quote: Amount; // cummulativeQuoteQty
  status: OrderStatus;
  clientId: string;
  listId: number; // -1 outside a list
  /** The other leg of a one-cancels-other pair, 0 outside one. The pair's lock lies on the leg with the smaller id. */
  pair: number;
  time: number; // market time, ms
  updateTime: number;
  workingTime: number; // -1 while it does not work
  /** Reserved for it: quote units of a BUY, base units of a SELL. */
  lock: Amount;
  /** A conditional order whose stop price was reached. */
  triggered: boolean;
  /** OPO and OPOCO: the quantity comes from what the working order received. */
  sizedByWorking: boolean;
}

export interface Trade {
  id: number;
  account: string;
  orderId: number;
  listId: number;
  symbol: string;
  side: Side;
  price: Amount;
  quantity: Amount;
  quote: Amount;
  fee: Amount;
  feeAsset: string;
  time: number;
  maker: boolean;
}

export type ContingencyType = 'OCO' | 'OTO';
export interface OrderList {
  id: number;
  account: string;
  symbol: string;
  contingency: ContingencyType;
  clientId: string;
  orderIds: number[];
  /** The order that has to fill before the others start, 0 in a plain OCO. */
  workingId: number;
  status: 'EXECUTING' | 'ALL_DONE' | 'REJECT';
  time: number;
}

export interface Permissions {
  reading: boolean;
  trading: boolean;
  withdrawals: boolean;
  internalTransfer: boolean;
  universalTransfer: boolean;
  margin: boolean;
  futures: boolean;
  options: boolean;
  ipRestrict: boolean;
  /** No right but the owner's wish: fees in BNB where there is enough of it. Absent in journals of earlier versions. */
  feesInBnb?: boolean;
}

/** Money that came or went from outside; negative = withdrawn. */
export interface Transfer {
  id: number;
  asset: string;
  amount: Amount;
  time: number; // real time, as deposits on the exchange
}

export interface Balance {
  free: Amount;
  locked: Amount;
}

/** What was put aside; orders and trades by symbol. */
export interface PutAside {
  orders(symbol: string): Archive<Order>;
  trades(symbol: string): Archive<Trade>;
  lists: Archive<OrderList>;
}

export interface Account {
  id: string;
  uid: number;
  apiKey: string;
  secret: string;
  createdAt: number; // real time
  updateTime: number; // market time of the last change
  permissions: Permissions;
  balances: Map<string, Balance>;
  open: Map<number, Order>;
  /** `symbol` → orders and trades that are at hand, oldest first. Together with what was put aside: ./history.ts. */
  orders: Map<string, Order[]>;
  trades: Map<string, Trade[]>;
  /** Latest order by `symbol clientId`, of those at hand. */
  byClientId: Map<string, Order>;
  /** Those at hand. */
  lists: OrderList[];
  aside: PutAside;
  transfers: Transfer[];
}

export const isConditional = (order: Pick<Order, 'type'>) =>
  order.type === 'STOP_LOSS' ||
  order.type === 'STOP_LOSS_LIMIT' ||
  order.type === 'TAKE_PROFIT' ||
  order.type === 'TAKE_PROFIT_LIMIT';

/** Types that take liquidity at any price once they work. */
export const isMarketType = (order: Pick<Order, 'type'>) =>
  order.type === 'MARKET' || order.type === 'STOP_LOSS' || order.type === 'TAKE_PROFIT';

export const isOpen = (order: Pick<Order, 'status'>) =>
  order.status === 'NEW' || order.status === 'PARTIALLY_FILLED' || order.status === 'PENDING_NEW';
