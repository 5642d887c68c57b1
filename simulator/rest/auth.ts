import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Ledger } from '../ledger/ledger.js';
import type { Account } from '../ledger/types.js';
import { ApiError, errors } from './errors.js';
import type { Params } from './params.js';

const DEFAULT_WINDOW = 5_000;
const LONGEST_WINDOW = 60_000;
/** How far ahead of the exchange's clock a timestamp may be, ms. */
const AHEAD = 1_000;

export interface Signed {
  apiKey: string | undefined;
  /** What was signed: query and body joined, without the signature. */
  payload: string;
  params: Params;
}

/** Finds the account of a signed request or throws -2014, -2015, -1102, -1131, -1021 or -1022. */
export function authenticate(ledger: Ledger, { apiKey, payload, params }: Signed, serverTime: number): Account {
  if (!apiKey || !/^[A-Za-z0-9]{10,128}$/.test(apiKey)) throw errors.keyFormat();
  const signature = params.required('signature');
  checkWindow(params, serverTime);
  const account = ledger.byKey.get(apiKey);
  if (!account) throw errors.keyRejected();
  const expected = createHmac('sha256', account.secret).update(payload).digest();
  const given = /^[0-9a-fA-F]{64}$/.test(signature) ? Buffer.from(signature, 'hex') : Buffer.alloc(0);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw errors.signature();
  return account;
}

/**
 * timestamp and recvWindow against the exchange's real time at this very moment. It is asked when the request reaches
 * the matching engine, in the same breath as the matching itself: a request that was held back on its way is judged by
 * when it arrived, not by when it was sent.
 */
export function checkWindow(params: Params, serverTime: number): void {
  params.required('timestamp');
  const timestamp = microsToMillis(params.whole('timestamp') as number);
  const text = params.text('recvWindow');
  const window = text === undefined ? DEFAULT_WINDOW : Number(text);
  if (!/^\d{1,6}(\.\d{1,3})?$/.test(text ?? '0'))
    throw errors.illegalCharacters('recvWindow', '^[0-9]{1,5}(\\.[0-9]{1,3})?$');
  if (window > LONGEST_WINDOW) throw errors.recvWindow();
  if (timestamp >= serverTime + AHEAD) throw errors.ahead();
  if (serverTime - timestamp > window) throw errors.outsideWindow();
}

/** The exchange takes timestamps in microseconds as well. */
const microsToMillis = (time: number) => (time > 1e14 ? Math.floor(time / 1_000) : time);

export function requireRight(account: Account, right: 'reading' | 'trading'): void {
  if (!account.permissions[right]) throw new ApiError(-2015, 'Invalid API-key, IP, or permissions for action.', 401);
}

/** Takes `signature` out of what was sent; the rest, in its order, is what the client signed. */
export const withoutSignature = (query: string, body: string): string => strip(query) + strip(body);
const strip = (text: string) => text.replace(/(^|&)signature=[^&]*/, '').replace(/^&/, '');
