import { inspect } from 'node:util';
import { createExchange } from '../../../adapters/exchange/exchange.js';
import type { ExchangeError } from '../../../adapters/exchange/errors.js';
import type { Exchange } from '../../../adapters/exchange/port.js';
import { buy, KEY, placed } from './answers.js';
import { type Reply, type ScriptedExchange, startScriptedExchange } from './scriptedExchange.js';

let server: ScriptedExchange;
let exchange: Exchange;
beforeEach(async () => {
  server = await startScriptedExchange();
  exchange = createExchange({ venue: 'simulator', url: server.url });
});
afterEach(async () => {
  await exchange.close();
  await server.close();
});

const problem = (code: number, msg: string, status = 400, headers = {}): Reply => ({
  status,
  body: { code, msg },
  headers,
});

async function failureOf(work: Promise<unknown>): Promise<ExchangeError> {
  return work.then(
    (value) => {
      throw new Error(`expected an error, got ${JSON.stringify(value)}`);
    },
    (error: ExchangeError) => error,
  );
}

/** [what came back, on a placement, on a read]: the table of facts and docs/EXCHANGE.md, row by row. */
const TABLE: [string, Reply, string, string][] = [
  ['-1021', problem(-1021, 'Timestamp for this request is outside of the recvWindow.'), 'ClockSkew', 'ClockSkew'],
  ['-1022', problem(-1022, 'Signature for this request is not valid.'), 'AuthenticationFailed', 'AuthenticationFailed'],
  ['429', problem(-1003, 'Too many requests.', 429, { 'Retry-After': '7' }), 'RateLimited', 'RateLimited'],
  [
    '418',
    problem(-1003, 'Way too many requests; IP banned.', 418, { 'Retry-After': '120' }),
    'RateLimited',
    'RateLimited',
  ],
  [
    '429 as HTML',
    { status: 429, body: '<html>slow down</html>', headers: { 'Retry-After': '3' } },
    'RateLimited',
    'RateLimited',
  ],
  ['429 stalled', { fault: 'cut', status: 429, headers: { 'Retry-After': '3' } }, 'RateLimited', 'RateLimited'],
  [
    '-1007',
    problem(-1007, 'Timeout waiting for response from backend server.', 504),
    'OrderOutcomeUnknown',
    'ExchangeUnavailable',
  ],
  [
    '-1007 with 400',
    problem(-1007, 'Timeout waiting for response from backend server.'),
    'OrderOutcomeUnknown',
    'ExchangeUnavailable',
  ],
  ['504', { status: 504, body: '<html>gateway time-out</html>' }, 'OrderOutcomeUnknown', 'ExchangeUnavailable'],
  [
    '-1000',
    problem(-1000, 'An unknown error occurred while processing the request.'),
    'OrderOutcomeUnknown',
    'ExchangeUnavailable',
  ],
  [
    '-1001',
    problem(-1001, 'Internal error; unable to process your request.'),
    'OrderOutcomeUnknown',
    'ExchangeUnavailable',
  ],
  [
    '-1006',
    problem(-1006, 'An unexpected response was received from the message bus.'),
    'OrderOutcomeUnknown',
    'ExchangeUnavailable',
  ],
  [
    '-1008',
    problem(-1008, 'Server is currently overloaded with other requests.', 503),
    'OrderOutcomeUnknown',
    'ExchangeUnavailable',
  ],
  ['500', { status: 500, body: '' }, 'OrderOutcomeUnknown', 'ExchangeUnavailable'],
  [
    '500 with a code of the allow-list',
    problem(-1013, 'Filter failure: LOT_SIZE', 500),
    'OrderOutcomeUnknown',
    'OrderRejected',
  ],
  ['502', { status: 502, body: '<html>bad gateway</html>' }, 'OrderOutcomeUnknown', 'ExchangeUnavailable'],
  ['503', { status: 503, body: 'Service Unavailable' }, 'OrderOutcomeUnknown', 'ExchangeUnavailable'],
  ['403', { status: 403, body: '<html>forbidden</html>' }, 'OrderOutcomeUnknown', 'ExchangeUnavailable'],
  ['a non-JSON 400', { status: 400, body: 'bad' }, 'OrderOutcomeUnknown', 'ExchangeUnavailable'],
  ['RST', { fault: 'reset' }, 'OrderOutcomeUnknown', 'ExchangeUnavailable'],
  ['FIN', { fault: 'finish' }, 'OrderOutcomeUnknown', 'ExchangeUnavailable'],
  [
    '302',
    { status: 302, body: '', headers: { Location: 'http://127.0.0.1:1/' } },
    'OrderOutcomeUnknown',
    'ExchangeUnavailable',
  ],
  ['LOT_SIZE', problem(-1013, 'Filter failure: LOT_SIZE'), 'OrderRejected', 'OrderRejected'],
  ['PRICE_FILTER', problem(-1013, 'Filter failure: PRICE_FILTER'), 'OrderRejected', 'OrderRejected'],
  ['NOTIONAL', problem(-1013, 'Filter failure: NOTIONAL'), 'OrderRejected', 'OrderRejected'],
  ['MAX_NUM_ALGO_ORDERS', problem(-1013, 'Filter failure: MAX_NUM_ALGO_ORDERS'), 'OrderRejected', 'OrderRejected'],
  ['-1104', problem(-1104, 'Not all sent parameters were read.'), 'OrderRejected', 'OrderRejected'],
  ['-1131', problem(-1131, 'recvWindow must be less than 60000.'), 'OrderRejected', 'OrderRejected'],
  [
    '-2010 balance',
    problem(-2010, 'Account has insufficient balance for requested action.'),
    'InsufficientFunds',
    'InsufficientFunds',
  ],
  [
    '-2010 trigger',
    problem(-2010, 'Stop price would trigger immediately.'),
    'OrderImmediatelyTriggers',
    'OrderImmediatelyTriggers',
  ],
  [
    '-2010 match',
    problem(-2010, 'Order would immediately match and take.'),
    'OrderImmediatelyTriggers',
    'OrderImmediatelyTriggers',
  ],
  ['-2010 closed', problem(-2010, 'Market is closed.'), 'OrderRejected', 'OrderRejected'],
  ['-2010 duplicate', problem(-2010, 'Duplicate order sent.'), 'OrderOutcomeUnknown', 'OrderRejected'],
  ['-2011', problem(-2011, 'Unknown order sent.'), 'OrderOutcomeUnknown', 'OrderNotKnown'],
  ['-2014', problem(-2014, 'API-key format invalid.'), 'AuthenticationFailed', 'AuthenticationFailed'],
  [
    '-2015',
    problem(-2015, 'Invalid API-key, IP, or permissions for action.', 401),
    'AuthenticationFailed',
    'AuthenticationFailed',
  ],
  ['-2021', problem(-2021, 'Order would be cancelled and replaced.'), 'OrderOutcomeUnknown', 'ExchangeUnavailable'],
  ['200 with HTML', { body: '<html>welcome</html>' }, 'OrderOutcomeUnknown', 'BadExchangeAnswer'],
  ['200 with nothing', { body: '' }, 'OrderOutcomeUnknown', 'BadExchangeAnswer'],
  ['200 malformed', { body: '{"symbol":"BTCUSDT","orderId":' }, 'OrderOutcomeUnknown', 'BadExchangeAnswer'],
  ['200 {}', { body: {} }, 'OrderOutcomeUnknown', 'BadExchangeAnswer'],
  ['200 null', { body: 'null' }, 'OrderOutcomeUnknown', 'BadExchangeAnswer'],
  ['200 cut', { fault: 'cut' }, 'OrderOutcomeUnknown', 'ExchangeUnavailable'],
];

describe.each(TABLE)('what came back: %s', (_name, reply, onPlacement, onRead) => {
  test(`a placement is ${onPlacement}, a read is ${onRead}, and neither is sent twice`, async () => {
    server.on('POST /api/v3/order', reply);
    server.on('GET /api/v3/account', reply);
    const placement = await failureOf(exchange.account(KEY).placeOrder(buy('once-1')));
    expect({ kind: placement.kind, name: placement.name }).toEqual({ kind: onPlacement, name: onPlacement });
    expect(server.count('POST /api/v3/order')).toBe(1);

    const fresh = createExchange({ venue: 'simulator', url: server.url });
    const read = await failureOf(fresh.account(KEY).balances());
    await fresh.close();
    expect(read.kind).toBe(onRead);
    expect(server.count('GET /api/v3/account')).toBe(1);
    for (const error of [placement, read]) holdsNoSecret(error);
  });
});

function holdsNoSecret(error: ExchangeError): void {
  const everything = `${inspect(error, { depth: 9, showHidden: true })} ${JSON.stringify(error)} ${error.stack}`;
  for (const secret of [KEY.secret, KEY.apiKey, 'signature=', '127.0.0.1']) expect(everything).not.toContain(secret);
  expect(error.cause).toBeUndefined();
}

test.each(['stall', 'drip', 'silence'] as const)(
  'a body that %ss ends at the deadline, with the socket',
  async (fault) => {
    server.on('GET /api/v3/time', { fault });
    const started = Date.now();
    const error = await failureOf(exchange.market.serverTime());
    expect(error.kind).toBe('ExchangeUnavailable');
    expect(Date.now() - started).toBeLessThan(7_000);
  },
  15_000,
);

test('after 429 nothing at all is sent until the Retry-After has passed', async () => {
  server.on('GET /api/v3/account', problem(-1003, 'Too many requests.', 429, { 'Retry-After': '90' }));
  const first = await failureOf(exchange.account(KEY).balances());
  expect(first.retryAfterMs).toBe(90_000);
  const sent = server.seen.length;
  const second = await failureOf(exchange.account({ ...KEY, id: 'user-2' }).balances());
  expect(second.kind).toBe('RateLimited');
  expect(second.retryAfterMs).toBeGreaterThan(80_000);
  const third = await failureOf(exchange.account(KEY).placeOrder(buy('late')));
  expect(third.kind).toBe('RateLimited');
  expect(server.seen.length).toBe(sent);
  expect(exchange.health().bannedUntil).toBeGreaterThan(Date.now() + 80_000);
});

test('-2015 stays an authentication failure after an earlier success', async () => {
  server.on('GET /api/v3/account', { body: { balances: [] } }, problem(-2015, 'Invalid API-key, IP, or permissions.'));
  expect(await exchange.account(KEY).balances()).toEqual([]);
  expect((await failureOf(exchange.account(KEY).balances())).kind).toBe('AuthenticationFailed');
});

test('an answer about another order is not taken for ours', async () => {
  server.on('POST /api/v3/order', { body: placed('someone-else') });
  expect((await failureOf(exchange.account(KEY).placeOrder(buy('mine')))).kind).toBe('OrderOutcomeUnknown');
});
