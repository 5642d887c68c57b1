/** From the exchange's answers to the port's words. */
import { Decimal } from 'decimal.js';
import type { CandleColumns, CandleRow, Fill } from '../../trading/types.js';
import { BadExchangeAnswer } from './errors.js';
import type { KeyPermissions, OcoReport, OrderReport, TransferRecord } from './port.js';
import type {
  CancelAnswer,
  DepositAnswer,
  OrderAnswer,
  PlacementAnswer,
  TradeAnswer,
  WithdrawalAnswer,
} from './schemas.js';
import type { restrictionsAnswer } from './schemas.js';
import type { z } from 'zod';

export function toReport(symbol: string, order: OrderAnswer | PlacementAnswer | CancelAnswer): OrderReport {
  const transactTime = 'transactTime' in order ? (order.transactTime ?? 0) : 0;
  return {
    symbol,
    orderId: order.orderId,
    orderListId: listIdOf(order.orderListId),
    clientOrderId: 'origClientOrderId' in order ? order.origClientOrderId : order.clientOrderId,
    side: order.side,
    type: order.type,
    status: order.status,
    price: order.price,
    stopPrice: order.stopPrice ?? '0',
    quantity: order.origQty,
    executedQuantity: order.executedQty,
    cumulativeQuote: order.cummulativeQuoteQty,
    time: 'time' in order ? order.time : transactTime,
    updateTime: 'updateTime' in order ? order.updateTime : transactTime,
    ...('fills' in order && order.fills ? { fills: placementFills(symbol, order) } : {}),
  };
}

/** The exchange says -1 for "in no list". */
export const listIdOf = (orderListId: string | undefined): string | null =>
  orderListId === undefined || orderListId === '-1' ? null : orderListId;

export function toOcoReport(
  symbol: string,
  list: { orderListId: string; listClientOrderId: string; orderReports: (PlacementAnswer | CancelAnswer)[] },
): OcoReport {
  const orders = list.orderReports.map((order) => toReport(symbol, order));
  return { orderListId: list.orderListId, listClientOrderId: list.listClientOrderId, orders };
}

export function toFill(symbol: string, trade: TradeAnswer): Fill {
  return {
    tradeId: trade.id,
    orderId: trade.orderId,
    symbol,
    side: trade.isBuyer ? 'BUY' : 'SELL',
    price: trade.price,
    quantity: trade.qty,
    fee: trade.commission,
    feeAsset: trade.commissionAsset,
    time: trade.time,
  };
}

/** Credited, or credited and not yet free to withdraw. */
const CREDITED = [1, 6];
/** Cancelled, rejected, failed: the money is back. */
const NOT_GONE = [1, 3, 5];

export const toDeposit = ({ id, coin, amount, status, insertTime }: DepositAnswer): TransferRecord => ({
  id: `deposit-${plain(id)}`,
  asset: coin,
  amount: CREDITED.includes(status) ? new Decimal(amount).toFixed() : '0',
  time: insertTime,
});

/** The balance pays the fee on top of the amount. */
export const toWithdrawal = (answer: WithdrawalAnswer): TransferRecord => ({
  id: `withdrawal-${plain(answer.id)}`,
  asset: answer.coin,
  amount: NOT_GONE.includes(answer.status)
    ? '0'
    : new Decimal(answer.amount).plus(answer.transactionFee).neg().toFixed(),
  time: Date.parse(`${answer.applyTime.replace(' ', 'T')}Z`),
});

/** Ids become keys in the database. */
const plain = (id: string): string => id.replace(/[^\w-]/g, '_');

export function toPermissions(answer: z.infer<typeof restrictionsAnswer>): KeyPermissions {
  return {
    canTrade: answer.enableSpotAndMarginTrading,
    canWithdraw: answer.enableWithdrawals,
    canTransfer: answer.enableInternalTransfer || answer.permitsUniversalTransfer,
    canMargin: answer.enableMargin || answer.enablePortfolioMarginTrading,
    canFutures: answer.enableFutures || answer.enableVanillaOptions,
    ipRestricted: answer.ipRestrict,
  };
}

/** @throws BadExchangeAnswer where candles are out of order or impossible in themselves */
export function toColumns(rows: readonly CandleRow[], what: string): CandleColumns {
  const length = rows.length;
  const column = () => new Float64Array(length);
  const columns = {
    length,
    timestamp: column(),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
  };
  rows.forEach((row, i) => {
    const [time, open, high, low, close, volume] = row;
    if (i > 0 && time <= rows[i - 1]![0])
      throw new BadExchangeAnswer(`candles: ${what}: candle ${time} does not follow ${rows[i - 1]![0]}`);
    if (low > Math.min(open, close) || high < Math.max(open, close))
      throw new BadExchangeAnswer(`candles: ${what}: candle ${time} lies outside its own high and low`);
    columns.timestamp[i] = time;
    columns.open[i] = open;
    columns.high[i] = high;
    columns.low[i] = low;
    columns.close[i] = close;
    columns.volume[i] = volume;
  });
  return columns;
}

function placementFills(symbol: string, order: PlacementAnswer): Fill[] {
  return (order.fills ?? []).map((fill) => ({
    tradeId: fill.tradeId,
    orderId: order.orderId,
    symbol,
    side: order.side,
    price: fill.price,
    quantity: fill.qty,
    fee: fill.commission,
    feeAsset: fill.commissionAsset,
    time: order.transactTime,
  }));
}
