import type { Caller, CallSpec } from './caller.js';
import type { CcxtBinance } from './ccxtClient.js';
import { ExchangeError, NotSupportedByVenue, OrderNotKnown } from './errors.js';
import type { AccountExchange } from './port.js';
import { ocoParams, orderParams, withoutUndefined } from './orderParams.js';
import { toDeposit, toFill, toOcoReport, toPermissions, toReport, toWithdrawal } from './reports.js';
import {
  accountAnswer,
  anyCancelAnswer,
  depositsAnswer,
  listCancelAnswer,
  listPlacementAnswer,
  orderAnswer,
  ordersAnswer,
  placementAnswer,
  restrictionsAnswer,
  tradesAnswer,
  withdrawalsAnswer,
} from './schemas.js';
import { marketIdOf } from './symbolRules.js';

export interface AccountParts {
  /** The user's own instance. */
  client(): Promise<CcxtBinance>;
  call: Caller;
  symbolOfId(id: string): Promise<string>;
}

/** A placement's answer is worth waiting for: each lost one costs a resolution of several seconds. */
const PLACEMENT_DEADLINE_MS = 10_000;

export function createAccount({ client, call, symbolOfId }: AccountParts): AccountExchange {
  const signed = async <T>(spec: Omit<CallSpec<T>, 'api'> & { api?: CallSpec<T>['api'] }): Promise<T> =>
    call(await client(), { api: 'private', ...spec });

  return {
    async placeOrder(request) {
      const answer = await signed({
        call: 'placeOrder',
        method: 'POST',
        path: 'order',
        params: orderParams(request),
        schema: placementAnswer,
        about: (order) => order.clientOrderId === request.clientOrderId,
        weight: 1,
        priority: 'orders',
        fence: request.fence,
        deadlineMs: PLACEMENT_DEADLINE_MS,
      });
      return toReport(request.symbol, answer);
    },

    async placeOco(request) {
      const answer = await signed({
        call: 'placeOco',
        method: 'POST',
        path: 'orderList/oco',
        params: ocoParams(request),
        schema: listPlacementAnswer,
        about: (list) => list.listClientOrderId === request.listClientOrderId,
        weight: 1,
        priority: 'orders',
        fence: request.fence,
        deadlineMs: PLACEMENT_DEADLINE_MS,
      });
      return toOcoReport(request.symbol, answer);
    },

    cancelOrder: (symbol, clientOrderId) =>
      nullIfNotKnown(async () => {
        const answer = await signed({
          call: 'cancelOrder',
          method: 'DELETE',
          path: 'order',
          params: { symbol: marketIdOf(symbol), origClientOrderId: clientOrderId },
          schema: anyCancelAnswer,
          about: (found) => cancelled(found, clientOrderId) !== undefined,
          weight: 1,
          priority: 'orders',
          cancel: true,
        });
        return toReport(symbol, cancelled(answer, clientOrderId)!);
      }),

    cancelOrderList: (symbol, orderListId) =>
      nullIfNotKnown(async () => {
        const answer = await signed({
          call: 'cancelOrderList',
          method: 'DELETE',
          path: 'orderList',
          params: { symbol: marketIdOf(symbol), orderListId },
          schema: listCancelAnswer,
          about: (list) => list.orderListId === orderListId,
          weight: 1,
          priority: 'orders',
          cancel: true,
        });
        return toOcoReport(symbol, answer);
      }),

    queryOrder: (symbol, clientOrderId, options) =>
      nullIfNotKnown(async () => {
        const answer = await signed({
          call: 'queryOrder',
          method: 'GET',
          path: 'order',
          params: { symbol: marketIdOf(symbol), origClientOrderId: clientOrderId },
          schema: orderAnswer,
          about: (order) => order.clientOrderId === clientOrderId,
          weight: 4,
          priority: 'orders',
          recvWindow: options?.recvWindow,
        });
        return toReport(symbol, answer);
      }),

    async openOrders(symbol) {
      const answer = await signed({
        call: 'openOrders',
        method: 'GET',
        path: 'openOrders',
        params: symbol ? { symbol: marketIdOf(symbol) } : {},
        schema: ordersAnswer,
        weight: symbol ? 6 : 80,
        priority: 'account',
      });
      return Promise.all(answer.map(async (order) => toReport(symbol ?? (await symbolOfId(order.symbol)), order)));
    },

    async allOrders(symbol, { since, fromOrderId, limit }) {
      const answer = await signed({
        call: 'allOrders',
        method: 'GET',
        path: 'allOrders',
        params: withoutUndefined({ symbol: marketIdOf(symbol), startTime: since, orderId: fromOrderId, limit }),
        schema: ordersAnswer,
        weight: 20,
        priority: 'account',
      });
      return answer.map((order) => toReport(symbol, order));
    },

    async trades(symbol, { orderId, since, fromId, limit }) {
      const answer = await signed({
        call: 'trades',
        method: 'GET',
        path: 'myTrades',
        params: withoutUndefined({ symbol: marketIdOf(symbol), orderId, startTime: since, fromId, limit }),
        schema: tradesAnswer,
        weight: orderId === undefined ? 20 : 5,
        priority: 'account',
      });
      return answer.map((trade) => toFill(symbol, trade));
    },

    async balances() {
      const answer = await signed({
        call: 'balances',
        method: 'GET',
        path: 'account',
        params: { omitZeroBalances: 'true' },
        schema: accountAnswer,
        weight: 20,
        priority: 'account',
      });
      return answer.balances;
    },

    async transfers() {
      const common = { api: 'sapi', method: 'GET', params: { limit: 1_000 }, weight: 1, priority: 'account' } as const;
      const [deposits, withdrawals] = await Promise.all([
        told(
          'transfers',
          signed({ ...common, call: 'deposits', path: 'capital/deposit/hisrec', schema: depositsAnswer }),
        ),
        told(
          'transfers',
          signed({ ...common, call: 'withdrawals', path: 'capital/withdraw/history', schema: withdrawalsAnswer }),
        ),
      ]);
      const onSpot = ({ walletType }: { walletType: number }): boolean => walletType !== 1;
      return [...deposits.filter(onSpot).map(toDeposit), ...withdrawals.filter(onSpot).map(toWithdrawal)];
    },

    async permissions() {
      const answer = await told(
        'permissions',
        signed({
          call: 'permissions',
          api: 'sapi',
          method: 'GET',
          path: 'account/apiRestrictions',
          params: {},
          schema: restrictionsAnswer,
          weight: 1,
          priority: 'account',
        }),
      );
      return toPermissions(answer);
    },
  };
}

/** Binance's testnet has no wallet addresses: it answers 404. */
async function told<T>(what: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ExchangeError && error.status === 404)
      throw new NotSupportedByVenue(`${what}: this venue does not tell`, { status: 404 });
    throw error;
  }
}

type CancelOrList = ReturnType<typeof anyCancelAnswer.parse>;

/** The cancelled order itself, whether the exchange answered with it alone or with its whole list. */
function cancelled(answer: CancelOrList, clientOrderId: string) {
  const reports = 'orderReports' in answer ? answer.orderReports : [answer];
  return reports.find((report) => report.origClientOrderId === clientOrderId);
}

async function nullIfNotKnown<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof OrderNotKnown) return null;
    throw error;
  }
}
