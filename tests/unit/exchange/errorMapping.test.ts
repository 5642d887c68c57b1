import fc from 'fast-check';
import { cleaned, isDefiniteRejection, toExchangeError } from '../../../adapters/exchange/errorMapping.js';
import {
  BadExchangeAnswer,
  ClockSkew,
  type ExchangeErrorKind,
  OrderOutcomeUnknown,
} from '../../../adapters/exchange/errors.js';

/** As ccxt throws them; only name and message matter. */
const thrown = (name: string, message = ''): Error => Object.assign(new Error(message), { name });
const onPlacement = { call: 'placeOrder', placement: true };
const onRead = { call: 'balances', placement: false };
const answer = (status: number, body: unknown, headers = {}) => ({
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

test('the allow-list of definite rejections is exactly this', () => {
  const definite: number[] = [];
  for (let code = -3000; code <= 0; code++) if (isDefiniteRejection(code, '')) definite.push(code);
  const elevens = Array.from({ length: 100 }, (_, i) => -1199 + i);
  expect(definite).toEqual([-2015, -2014, -2010, ...elevens, -1022, -1021, -1013]);
  expect(isDefiniteRejection(-2010, 'Duplicate order sent.')).toBe(false);
});

test.each<[string, Error, ExchangeErrorKind]>([
  [
    'a parser’s TypeError',
    new TypeError("Cannot read properties of undefined (reading 'toString')"),
    'OrderOutcomeUnknown',
  ],
  ['a raw SocketError', thrown('SocketError', 'other side closed'), 'OrderOutcomeUnknown'],
  ['a BodyTimeoutError', thrown('BodyTimeoutError'), 'OrderOutcomeUnknown'],
  [
    'RequestTimeout',
    thrown('RequestTimeout', 'binance POST https://x/api/v3/order request timed out'),
    'OrderOutcomeUnknown',
  ],
  ['NetworkError', thrown('NetworkError', 'fetch failed'), 'OrderOutcomeUnknown'],
  [
    'OperationFailed',
    thrown('OperationFailed', 'binance {"code":-1001,"msg":"Internal error"}'),
    'OrderOutcomeUnknown',
  ],
  ['an error of our own deadline', thrown('TimeoutError'), 'OrderOutcomeUnknown'],
  ['InvalidOrder for a duplicate', thrown('InvalidOrder', 'binance Duplicate order sent.'), 'OrderOutcomeUnknown'],
  ['something that is no error at all', 'text' as unknown as Error, 'OrderOutcomeUnknown'],
  [
    'InsufficientFunds',
    thrown('InsufficientFunds', 'binance Account has insufficient balance for requested action.'),
    'InsufficientFunds',
  ],
  [
    'OrderImmediatelyFillable',
    thrown('OrderImmediatelyFillable', 'binance Order would trigger immediately.'),
    'OrderImmediatelyTriggers',
  ],
  [
    'InvalidNonce',
    thrown('InvalidNonce', 'binance Timestamp for this request is outside of the recvWindow.'),
    'ClockSkew',
  ],
  ['a filter', thrown('InvalidOrder', 'binance {"code":-1013,"msg":"Filter failure: LOT_SIZE"}'), 'OrderRejected'],
  [
    'DDoSProtection of a 429',
    thrown('DDoSProtection', 'binance 429 Too Many Requests {"code":-1003,"msg":"x"}'),
    'RateLimited',
  ],
])('on a placement without the answer at hand, %s', (_name, error, kind) => {
  expect(toExchangeError(error, onPlacement).kind).toBe(kind);
});

test('a duplicate says that the order exists', () => {
  const body = { code: -2010, msg: 'Duplicate order sent.' };
  const error = toExchangeError(thrown('InvalidOrder'), { ...onPlacement, answer: answer(400, body) });
  expect(error).toBeInstanceOf(OrderOutcomeUnknown);
  expect(error).toMatchObject({ duplicate: true, definite: false, code: -2010, status: 400 });
});

test('on a cancel -2011 is definite: unknown, or not to be cancelled', () => {
  const cancel = { call: 'cancelOrder', placement: true, cancel: true };
  const fail = (msg: string) =>
    toExchangeError(thrown('OrderNotFound'), { ...cancel, answer: answer(400, { code: -2011, msg }) });
  expect(fail('Unknown order sent.').kind).toBe('OrderNotKnown');
  expect(fail('Order was not canceled due to cancel restrictions.').kind).toBe('OrderRejected');
  expect(toExchangeError(thrown('RequestTimeout'), cancel).kind).toBe('OrderOutcomeUnknown');
});

test('a bad answer to a placement leaves its outcome unknown, other errors of ours stay what they are', () => {
  expect(toExchangeError(new BadExchangeAnswer('x'), onPlacement).kind).toBe('OrderOutcomeUnknown');
  expect(toExchangeError(new BadExchangeAnswer('x'), onRead).kind).toBe('BadExchangeAnswer');
  expect(toExchangeError(new ClockSkew('x'), onPlacement).kind).toBe('ClockSkew');
});

test('Retry-After comes along in ms', () => {
  const error = toExchangeError(thrown('DDoSProtection'), {
    ...onRead,
    answer: answer(418, '', { 'retry-after': '120' }),
  });
  expect(error).toMatchObject({ kind: 'RateLimited', retryAfterMs: 120_000, status: 418 });
});

test('no text that comes back can carry a key, a signature or an address into an error', () => {
  const token = fc.stringMatching(/^[A-Za-z0-9]{40,80}$/);
  fc.assert(
    fc.property(token, fc.string(), (secret, noise) => {
      const url = `https://api.binance.com/api/v3/order?symbol=A&signature=${secret}`;
      const body = { code: -1013, msg: `${noise} ${url} signature=${secret} ${secret}` };
      for (const failed of [onPlacement, onRead])
        for (const error of [
          toExchangeError(thrown('InvalidOrder', `GET ${url}`), { ...failed, answer: answer(400, body) }),
          toExchangeError(thrown('NetworkError', `GET ${url} ${secret}`), failed),
        ]) {
          const text = `${error.message} ${error.stack} ${JSON.stringify(error)}`;
          expect(text).not.toContain(secret);
          expect(text).not.toContain('binance.com');
        }
    }),
  );
});

test('the exchange’s words lose control characters and length', () => {
  expect(cleaned('a\r\nb\u0000c\u2028d')).toBe('a b c d');
  expect(cleaned('word '.repeat(100))).toHaveLength(200);
});
