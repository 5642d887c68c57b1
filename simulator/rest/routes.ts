import type { Exchange } from '../exchange.js';
import type { Account } from '../ledger/types.js';
import { accountRoutes } from './account.js';
import type { Limits } from './limits.js';
import { listRoutes } from './lists.js';
import { marketRoutes } from './market.js';
import { orderRoutes } from './orders.js';
import type { Params } from './params.js';
import { walletRoutes } from './wallet.js';

export interface RouteContext {
  exchange: Exchange;
  limits: Limits;
  params: Params;
  /** Market time of this request. */
  time: number;
  /** The exchange's own real time, ms. */
  serverTime: number;
  /** Owner of the key; only on signed routes. */
  account: Account;
}

export interface Route {
  /** NONE: public. SIGNED: key, signature and timestamp. */
  security: 'NONE' | 'SIGNED';
  /** Request weight; placements and cancels are given theirs back when they succeed. */
  weight: number | ((params: Params) => number);
  refundable?: boolean;
  /** How many new orders it makes, for the order count. */
  orders?: number;
  right?: 'reading' | 'trading';
  /** Every parameter that it knows; any other is refused with -1104. */
  parameters: readonly string[];
  handle(context: RouteContext): unknown;
}

/** All REST routes by "METHOD /path". */
export const routes: Record<string, Route> = {
  ...marketRoutes,
  ...orderRoutes,
  ...listRoutes,
  ...accountRoutes,
  ...walletRoutes,
};
