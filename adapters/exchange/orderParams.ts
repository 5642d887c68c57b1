/** From the port's requests to the parameters that Binance's spot protocol names; all numbers stay strings. */
import { OrderRejected } from './errors.js';
import type { OcoRequest, OrderRequest } from './port.js';
import { marketIdOf } from './symbolRules.js';

/** Market orders go out without a price: ccxt and the exchange would take one for an amount in quote. */
export function orderParams(request: OrderRequest): Record<string, unknown> {
  const { symbol, side, type, quantity, price, stopPrice, clientOrderId } = request;
  const limit = type.includes('LIMIT');
  const stop = type.startsWith('STOP_LOSS') || type.startsWith('TAKE_PROFIT');
  if (limit && price === undefined) throw new OrderRejected(`placeOrder: not sent, a ${type} order needs a price`);
  if (stop && stopPrice === undefined)
    throw new OrderRejected(`placeOrder: not sent, a ${type} order needs a stopPrice`);
  return withoutUndefined({
    symbol: marketIdOf(symbol),
    side,
    type,
    quantity,
    price: limit ? price : undefined,
    stopPrice: stop ? stopPrice : undefined,
    timeInForce: limit && type !== 'LIMIT_MAKER' ? 'GTC' : undefined,
    newClientOrderId: clientOrderId,
    newOrderRespType: 'FULL',
  });
}

export function ocoParams(request: OcoRequest): Record<string, unknown> {
  const { stopLimitPrice } = request;
  return withoutUndefined({
    symbol: marketIdOf(request.symbol),
    listClientOrderId: request.listClientOrderId,
    side: 'SELL',
    quantity: request.quantity,
    aboveType: 'LIMIT_MAKER',
    aboveClientOrderId: request.targetClientOrderId,
    abovePrice: request.targetPrice,
    belowType: stopLimitPrice === undefined ? 'STOP_LOSS' : 'STOP_LOSS_LIMIT',
    belowClientOrderId: request.stopClientOrderId,
    belowStopPrice: request.stopPrice,
    belowPrice: stopLimitPrice,
    belowTimeInForce: stopLimitPrice === undefined ? undefined : 'GTC',
    newOrderRespType: 'FULL',
  });
}

export function withoutUndefined(params: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined));
}
