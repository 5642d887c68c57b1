import type { Transfer } from '../ledger/types.js';
import { depositView, withdrawalView } from '../ledger/views.js';
import type { Route, RouteContext } from './routes.js';

const SIGNED = ['timestamp', 'recvWindow', 'signature'];
const HISTORY = [
  'coin',
  'status',
  'startTime',
  'endTime',
  'offset',
  'limit',
  'txId',
  'includeSource',
  'withdrawOrderId',
  'idList',
  ...SIGNED,
];

function transfers({ account, params }: RouteContext, incoming: boolean): Transfer[] {
  const from = params.whole('startTime') ?? 0;
  const to = params.whole('endTime') ?? Number.MAX_SAFE_INTEGER;
  const coin = params.text('coin');
  const offset = params.whole('offset') ?? 0;
  return account.transfers
    .filter(
      (one) =>
        one.amount > 0n === incoming &&
        one.time >= from &&
        one.time <= to &&
        (coin === undefined || one.asset === coin),
    )
    .reverse()
    .slice(offset, offset + Math.min(params.whole('limit') ?? 1_000, 1_000));
}

/** The part of the wallet API that a careful trading program asks: what a key may do, and money from outside. */
export const walletRoutes: Record<string, Route> = {
  'GET /sapi/v1/account/apiRestrictions': {
    security: 'SIGNED',
    weight: 1,
    parameters: SIGNED,
    handle({ account: { permissions, createdAt } }) {
      return {
        ipRestrict: permissions.ipRestrict,
        createTime: createdAt,
        enableReading: permissions.reading,
        enableWithdrawals: permissions.withdrawals,
        enableInternalTransfer: permissions.internalTransfer,
        permitsUniversalTransfer: permissions.universalTransfer,
        enableMargin: permissions.margin,
        enableFutures: permissions.futures,
        enableVanillaOptions: permissions.options,
        enableFixApiTrade: false,
        enableFixReadOnly: false,
        enableSpotAndMarginTrading: permissions.trading,
        enablePortfolioMarginTrading: false,
      };
    },
  },
  'GET /sapi/v1/capital/deposit/hisrec': {
    security: 'SIGNED',
    weight: 1,
    parameters: HISTORY,
    handle: (context) => transfers(context, true).map(depositView),
  },
  'GET /sapi/v1/capital/withdraw/history': {
    security: 'SIGNED',
    weight: 1,
    parameters: HISTORY,
    handle: (context) => transfers(context, false).map(withdrawalView),
  },
  'GET /sapi/v1/system/status': {
    security: 'NONE',
    weight: 1,
    parameters: [],
    handle: () => ({ status: 0, msg: 'normal' }),
  },
};
