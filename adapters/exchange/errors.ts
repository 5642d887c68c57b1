/**
 * What can go wrong with an exchange, as a few classes. None of them carries a URL, a signature, a key or a secret, and
 * none keeps the original error as `cause`: they travel into Temporal's history and into logs. How an error of ccxt, a
 * socket or a schema becomes one of these is told in ./errorMapping.ts, and only there.
 */

export const EXCHANGE_ERROR_KINDS = [
  'ExchangeUnavailable',
  'RateLimited',
  'InsufficientFunds',
  'OrderRejected',
  'OrderImmediatelyTriggers',
  'OrderOutcomeUnknown',
  'OrderNotKnown',
  'AuthenticationFailed',
  'ClockSkew',
  'BadExchangeAnswer',
  'NotSupportedByVenue',
] as const;
export type ExchangeErrorKind = (typeof EXCHANGE_ERROR_KINDS)[number];

export interface ExchangeErrorDetails {
  /** Binance's own code (-2010), where one came back. */
  code?: number;
  /** What the exchange asked us to wait, ms. */
  retryAfterMs?: number;
  /** HTTP status of the answer, where one came back. */
  status?: number;
  /** Binance's own words, shortened and cleaned. */
  exchangeMessage?: string;
}

export class ExchangeError extends Error {
  readonly kind: ExchangeErrorKind;
  readonly code?: number;
  readonly retryAfterMs?: number;
  readonly status?: number;
  readonly exchangeMessage?: string;

  constructor(kind: ExchangeErrorKind, message: string, details: ExchangeErrorDetails = {}) {
    super(message);
    this.name = kind;
    this.kind = kind;
    Object.assign(this, details);
  }

  /** True where the exchange certainly did not do what was asked; false only for OrderOutcomeUnknown. */
  get definite(): boolean {
    return this.kind !== 'OrderOutcomeUnknown';
  }
}

/** The connection or the server failed on a read, or on a placement before anything was sent. */
export class ExchangeUnavailable extends ExchangeError {
  constructor(message: string, details?: ExchangeErrorDetails) {
    super('ExchangeUnavailable', message, details);
  }
}

/** 429, 418, or refused here because the budget is spent or a ban runs; nothing was executed. See `retryAfterMs`. */
export class RateLimited extends ExchangeError {
  constructor(message: string, details?: ExchangeErrorDetails) {
    super('RateLimited', message, details);
  }
}

/** -2010 for want of balance: definitely not placed. */
export class InsufficientFunds extends ExchangeError {
  constructor(message: string, details?: ExchangeErrorDetails) {
    super('InsufficientFunds', message, details);
  }
}

/** A definite rejection, with the exchange's `code` and `exchangeMessage`. */
export class OrderRejected extends ExchangeError {
  constructor(message: string, details?: ExchangeErrorDetails) {
    super('OrderRejected', message, details);
  }
}

/** -2010 because a stop would trigger, or a LIMIT_MAKER match, at once: definitely not placed. */
export class OrderImmediatelyTriggers extends ExchangeError {
  constructor(message: string, details?: ExchangeErrorDetails) {
    super('OrderImmediatelyTriggers', message, details);
  }
}

/** A placement or cancel that may or may not have happened: query it, never resend it blindly. */
export class OrderOutcomeUnknown extends ExchangeError {
  /** True for "Duplicate order sent.": an order with this client order id is open. */
  readonly duplicate: boolean;

  constructor(message: string, details?: ExchangeErrorDetails & { duplicate?: boolean }) {
    super('OrderOutcomeUnknown', message, details);
    this.duplicate = details?.duplicate ?? false;
  }
}

/** -2011 on a cancel, -2013 on a query: the exchange does not know the order. The port answers null for it. */
export class OrderNotKnown extends ExchangeError {
  constructor(message: string, details?: ExchangeErrorDetails) {
    super('OrderNotKnown', message, details);
  }
}

/** Wrong key, signature, address or permission. */
export class AuthenticationFailed extends ExchangeError {
  constructor(message: string, details?: ExchangeErrorDetails) {
    super('AuthenticationFailed', message, details);
  }
}

/** -1021, or a fence that ran out here before sending: definitely not processed. */
export class ClockSkew extends ExchangeError {
  constructor(message: string, details?: ExchangeErrorDetails) {
    super('ClockSkew', message, details);
  }
}

/** A read whose answer breaks its schema. */
export class BadExchangeAnswer extends ExchangeError {
  constructor(message: string, details?: ExchangeErrorDetails) {
    super('BadExchangeAnswer', message, details);
  }
}

/** This venue has no such thing (a testnet without key permissions, a symbol without order lists). */
export class NotSupportedByVenue extends ExchangeError {
  constructor(message: string, details?: ExchangeErrorDetails) {
    super('NotSupportedByVenue', message, details);
  }
}
