/** What an error answer to a placement says about the order. */
export type RejectionKind =
  /** The exchange says that no order came to be. */
  | 'definite'
  /** An open order has this client order id: ours, from an earlier attempt. Query it. */
  | 'duplicate'
  /** Anything may have happened: resolve it. */
  | 'unknown';

/**
 * Allow-list of answers that mean "not accepted" (Binance's codes, and the HTTP statuses 429 and 418 for requests that
 * never reached the engine). Whatever is not on it is unknown. -2010 needs the message, since it also says "duplicate".
 */
export function classifyRejection(code: number, message = ''): RejectionKind {
  if (code === -2010) return /duplicate/i.test(message) ? 'duplicate' : 'definite';
  if (code <= -1100 && code >= -1199) return 'definite'; // malformed parameters
  return DEFINITE.has(code) ? 'definite' : 'unknown';
}

const DEFINITE = new Set([
  -1013, // a filter
  -1021, // outside recvWindow: the fence itself
  -1022, // signature
  -2014, // key malformed
  -2015, // key, address or permission
  429,
  418,
]);
