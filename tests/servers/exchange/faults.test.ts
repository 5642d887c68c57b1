import { inspect } from 'node:util';
import { createExchange } from '../../../adapters/exchange/exchange.js';
import type { ExchangeError } from '../../../adapters/exchange/errors.js';
import type { Exchange } from '../../../adapters/exchange/port.js';
import { buy, KEY, placed } from './answers.js';
import { FAULT_TABLE, problem } from './faultTable.js';
import { type ScriptedExchange, startScriptedExchange } from './scriptedExchange.js';

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

async function failureOf(work: Promise<unknown>): Promise<ExchangeError> {
  return work.then(
    (value) => {
      throw new Error(`expected an error, got ${JSON.stringify(value)}`);
    },
    (error: ExchangeError) => error,
  );
}

describe.each(FAULT_TABLE)('what came back: %s', (_name, reply, onPlacement, onRead) => {
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

test('a body that stalls or drips, or an answer that never comes, ends at the deadline', async () => {
  const failures = await Promise.all(
    (['stall', 'drip', 'silence'] as const).map(async (fault) => {
      const slow = await startScriptedExchange();
      slow.on('GET /api/v3/time', { fault });
      const started = Date.now();
      const asking = createExchange({ venue: 'simulator', url: slow.url });
      const { kind } = await failureOf(asking.market.serverTime());
      const inTime = Date.now() - started < 7_000;
      await asking.close();
      await slow.close();
      return { fault, kind, inTime };
    }),
  );
  const expected = { kind: 'ExchangeUnavailable', inTime: true };
  expect(failures).toEqual(['stall', 'drip', 'silence'].map((fault) => ({ fault, ...expected })));
}, 15_000);

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
