/** Reads a failed step's code and message out of Temporal's wrapping. */
import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';
import { reasonText } from '../trading/notifications/reasons.js';

export interface FailureText {
  code: string;
  message: string;
}

export function failureOf(error: unknown): FailureText {
  let cause: unknown = error;
  while (cause instanceof ActivityFailure && cause.cause) cause = cause.cause;
  if (cause instanceof ApplicationFailure) return { code: cause.type ?? 'ERROR', message: cause.message };
  if (cause instanceof TimeoutFailure) return { code: 'TIMEOUT', message: reasonText('STEP_LATE') };
  if (cause instanceof Error)
    return {
      code: 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name,
      message: cause.message,
    };
  return { code: 'ERROR', message: String(cause) };
}

/** The exchange's being unreachable is judged by time (API_CONNECTION_LOST) and not by the count of failed cycles. */
const EXCHANGE_CODES = new Set(['ExchangeUnavailable', 'RateLimited', 'BadExchangeAnswer', 'OrderOutcomeUnknown']);
export const takesExchangeDown = (code: string): boolean => EXCHANGE_CODES.has(code);
