import type { Wanted } from '../ledger/archive.js';
import { ordersOf, tradesOf } from '../ledger/history.js';
import { balancesView, orderView, tradeView } from '../ledger/views.js';
import { errors } from './errors.js';
import { rulesOf } from './market.js';
import type { Route, RouteContext } from './routes.js';

const SIGNED = ['timestamp', 'recvWindow', 'signature'];
const DAY = 86_400_000;

function accountInfo({ account, params }: RouteContext) {
  const { permissions } = account;
  return {
    makerCommission: 10,
    takerCommission: 10,
    buyerCommission: 0,
    sellerCommission: 0,
    commissionRates: { maker: '0.00100000', taker: '0.00100000', buyer: '0.00000000', seller: '0.00000000' },
    canTrade: permissions.trading,
    canWithdraw: permissions.withdrawals,
    canDeposit: true,
    brokered: false,
    requireSelfTradePrevention: false,
    preventSor: false,
    updateTime: account.updateTime,
    accountType: 'SPOT',
    balances: balancesView(account, params.text('omitZeroBalances') === 'true'),
    permissions: ['SPOT'],
    uid: account.uid,
  };
}

/** Window and paging that allOrders and myTrades share: at most 24 h between the times, 500 rows unless asked, 1000 at most. */
function page({ params }: RouteContext) {
  const from = params.whole('startTime');
  const to = params.whole('endTime');
  if (from !== undefined && to !== undefined) {
    if (from > to) throw errors.startAfterEnd();
    if (to - from > DAY) throw errors.dayAtMost();
  }
  return { from, to, limit: Math.max(1, Math.min(params.whole('limit') ?? 500, 1_000)) };
}

const wantedOf = ({ from, to, limit }: ReturnType<typeof page>): Wanted =>
  from === undefined ? { to, last: limit } : { from, to };

/** The oldest from a time on, the newest otherwise. */
const within = <T>(rows: readonly T[], { from, limit }: ReturnType<typeof page>): T[] =>
  from !== undefined ? rows.slice(0, limit) : rows.slice(-limit);

function allOrders(context: RouteContext) {
  const { symbol } = rulesOf(context.exchange, context.params.required('symbol'));
  const fromId = context.params.whole('orderId');
  const window = page(context);
  if (fromId !== undefined) return ordersOf(context.account, symbol, { fromId }).slice(0, window.limit).map(orderView);
  return within(ordersOf(context.account, symbol, wantedOf(window)), window).map(orderView);
}

function myTrades(context: RouteContext) {
  const { symbol } = rulesOf(context.exchange, context.params.required('symbol'));
  const orderId = context.params.whole('orderId');
  const fromId = context.params.whole('fromId');
  const window = page(context);
  if (fromId !== undefined && (window.from !== undefined || window.to !== undefined)) throw errors.combination();
  const tag = orderId === undefined ? undefined : String(orderId);
  if (fromId !== undefined)
    return tradesOf(context.account, symbol, { fromId, tag }).slice(0, window.limit).map(tradeView);
  return within(tradesOf(context.account, symbol, { ...wantedOf(window), tag }), window).map(tradeView);
}

export const accountRoutes: Record<string, Route> = {
  'GET /api/v3/account': {
    security: 'SIGNED',
    weight: 20,
    parameters: ['omitZeroBalances', ...SIGNED],
    handle: accountInfo,
  },
  'GET /api/v3/allOrders': {
    security: 'SIGNED',
    weight: 20,
    parameters: ['symbol', 'orderId', 'startTime', 'endTime', 'limit', ...SIGNED],
    handle: allOrders,
  },
  'GET /api/v3/myTrades': {
    security: 'SIGNED',
    weight: (params) => (params.has('orderId') ? 5 : 20),
    parameters: ['symbol', 'orderId', 'startTime', 'endTime', 'fromId', 'limit', ...SIGNED],
    handle: myTrades,
  },
  'GET /api/v3/rateLimit/order': {
    security: 'SIGNED',
    weight: 40,
    parameters: SIGNED,
    handle: ({ limits, account }) =>
      limits.orderCounts(account).map(({ interval, intervalNum, limit, count }) => ({
        rateLimitType: 'ORDERS',
        interval,
        intervalNum,
        limit,
        count,
      })),
  },
  'GET /api/v3/account/commission': {
    security: 'SIGNED',
    weight: 20,
    parameters: ['symbol', ...SIGNED],
    handle({ exchange, params, account }) {
      const { symbol } = rulesOf(exchange, params.required('symbol'));
      const inBnb = account.permissions.feesInBnb === true;
      const none = { maker: '0.00000000', taker: '0.00000000', buyer: '0.00000000', seller: '0.00000000' };
      return {
        symbol,
        standardCommission: { ...none, maker: '0.00100000', taker: '0.00100000' },
        specialCommission: none,
        taxCommission: none,
        discount: { enabledForAccount: inBnb, enabledForSymbol: inBnb, discountAsset: 'BNB', discount: '0.75000000' },
      };
    },
  },
};
