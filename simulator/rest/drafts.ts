import { randomUUID } from 'node:crypto';
import type { OrderType, Side, TimeInForce } from '../ledger/types.js';
import type { Draft } from '../matching/filters.js';
import { errors } from './errors.js';
import type { Params } from './params.js';

const TYPES: readonly OrderType[] = [
  'LIMIT',
  'MARKET',
  'LIMIT_MAKER',
  'STOP_LOSS',
  'STOP_LOSS_LIMIT',
  'TAKE_PROFIT',
  'TAKE_PROFIT_LIMIT',
];
const SIDES: readonly Side[] = ['BUY', 'SELL'];
const TIMES: readonly TimeInForce[] = ['GTC', 'IOC', 'FOK'];
export const RESPONSE_KINDS = ['ACK', 'RESULT', 'FULL'] as const;

export const readSide = (params: Params, name = 'side'): Side => {
  params.required(name);
  return params.oneOf(name, SIDES, errors.side) as Side;
};
export const readType = (params: Params, name = 'type'): OrderType => {
  params.required(name);
  return params.oneOf(name, TYPES, errors.orderType) as OrderType;
};

/** 22 letters and digits, the form of the ids that the exchange gives where the client sends none. */
export const newClientId = () => randomUUID().replaceAll('-', '').slice(0, 22);

/** Names under which the parts of one order come: "price" in a plain order, "abovePrice" in a list. */
export interface DraftNames {
  price: string;
  stopPrice: string;
  timeInForce: string;
  clientId: string;
  iceberg: string;
  trailing: string;
}
export const plainNames: DraftNames = {
  price: 'price',
  stopPrice: 'stopPrice',
  timeInForce: 'timeInForce',
  clientId: 'newClientOrderId',
  iceberg: 'icebergQty',
  trailing: 'trailingDelta',
};
export const prefixed = (prefix: string): DraftNames => ({
  price: `${prefix}Price`,
  stopPrice: `${prefix}StopPrice`,
  timeInForce: `${prefix}TimeInForce`,
  clientId: `${prefix}ClientOrderId`,
  iceberg: `${prefix}IcebergQty`,
  trailing: `${prefix}TrailingDelta`,
});

/** Reads what an order's type needs and refuses what it must not carry, as Binance's table of order types says. */
export function readDraft(
  params: Params,
  fixed: { symbol: string; side: Side; type: OrderType; quantity: bigint; quoteQuantity?: bigint },
  names: DraftNames = plainNames,
): Draft {
  const { type } = fixed;
  if ((params.amount(names.iceberg) ?? 0n) > 0n) throw errors.notSupported('Iceberg orders are');
  if (params.has(names.trailing)) throw errors.notSupported('Trailing stop orders are');
  const limited =
    type === 'LIMIT' || type === 'LIMIT_MAKER' || type === 'STOP_LOSS_LIMIT' || type === 'TAKE_PROFIT_LIMIT';
  const conditional = type !== 'LIMIT' && type !== 'LIMIT_MAKER' && type !== 'MARKET';
  const timed = type === 'LIMIT' || type === 'STOP_LOSS_LIMIT' || type === 'TAKE_PROFIT_LIMIT';
  const tif = params.oneOf(names.timeInForce, TIMES, errors.timeInForce);
  if (timed && tif === undefined) throw errors.mandatory(names.timeInForce);
  if (!timed && tif !== undefined) throw errors.notRequired(names.timeInForce);
  if (!limited && params.has(names.price)) throw errors.notRequired(names.price);
  if (!conditional && params.has(names.stopPrice)) throw errors.notRequired(names.stopPrice);
  return {
    symbol: fixed.symbol,
    side: fixed.side,
    type,
    timeInForce: tif ?? 'GTC',
    price: limited ? params.requiredAmount(names.price) : 0n,
    stopPrice: conditional ? params.requiredAmount(names.stopPrice) : 0n,
    quantity: fixed.quantity,
    quoteQuantity: fixed.quoteQuantity ?? 0n,
    clientId: params.clientId(names.clientId) ?? newClientId(),
  };
}
