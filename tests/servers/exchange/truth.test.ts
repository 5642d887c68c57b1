import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExchangeError } from '../../../adapters/exchange/errors.js';
import { createExchange } from '../../../adapters/exchange/exchange.js';
import { createPaperAccounts } from '../../../adapters/exchange/paperAccounts.js';
import { parseOptions } from '../../../simulator/options.js';
import { startSimulator } from '../../../simulator/start.js';

const ORDERS = 300;
const SIDE_BY_SIDE = 30;

/** What the adapter said of one placement. */
type Said = 'placed' | 'definitely not' | 'unknown';

const fault = (kind: string, over: object = {}) => ({
  endpoint: 'POST /api/v3/order',
  kind,
  probability: 0.06,
  ...over,
});
const FAULTS = [
  fault('request-lost', { seen: 'reset' }),
  fault('answer-lost', { seen: 'reset' }),
  fault('request-lost', { seen: '-1007' }),
  fault('-1007'),
  fault('5xx'),
  fault('503'),
  fault('html'),
  fault('empty'),
  fault('malformed'),
  fault('cut'),
  fault('reset'),
  fault('late-arrival', { delayMs: 200 }),
  fault('late-arrival', { delayMs: 1_100 }),
];

test('what the adapter says of a placement is true in the exchange’s own ledger, under every fault', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'truth-'));
  const simulator = await startSimulator(parseOptions(['--port', '0', '--control-port', '0', '--state-dir', folder]));
  const exchange = createExchange({ venue: 'simulator', url: simulator.url });
  try {
    const key = await createPaperAccounts(simulator.controlUrl).key('truth');
    const account = exchange.account(key);
    await exchange.market.serverTime();
    const set = await fetch(`${simulator.controlUrl}/faults`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ faults: FAULTS, seed: 20261123 }),
    });
    expect(set.status).toBe(200);

    const said = new Map<string, Said>();
    const kinds = new Map<string, number>();
    const place = async (clientOrderId: string) => {
      const { serverTime } = await exchange.market.serverTime();
      const fence = { timestamp: Math.round(serverTime), recvWindow: 800 };
      const order = {
        symbol: 'BTC/USDT',
        side: 'BUY',
        type: 'MARKET',
        quantity: '0.0002',
        clientOrderId,
        fence,
      } as const;
      try {
        await account.placeOrder(order);
        said.set(clientOrderId, 'placed');
      } catch (error) {
        const { definite, kind } = error as ExchangeError;
        said.set(clientOrderId, definite ? 'definitely not' : 'unknown');
        kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      }
    };
    let next = 0;
    const one = async () => {
      while (next < ORDERS) await place(`truth-${next++}`);
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, one));
    await fetch(`${simulator.controlUrl}/faults`, { method: 'DELETE' });

    const ledger = (await (await fetch(`${simulator.controlUrl}/ledger?account=truth`)).json()) as {
      orders: { clientOrderId: string }[];
    };
    const inLedger = (id: string) => ledger.orders.filter((order) => order.clientOrderId === id).length;
    const count = (what: Said) => [...said.values()].filter((value) => value === what).length;
    const unknownIds = [...said].filter(([, value]) => value === 'unknown').map(([id]) => id);
    for (const [id, value] of said) {
      const times = inLedger(id);
      if (value === 'placed') expect([id, times]).toEqual([id, 1]);
      if (value === 'definitely not') expect([id, times]).toEqual([id, 0]);
      expect(times).toBeLessThanOrEqual(1);
    }
    // The faults did bite, and unknown really was unknown: some had happened and some had not.
    expect(said.size).toBe(ORDERS);
    expect(count('placed')).toBeGreaterThan(50);
    expect(kinds.get('ClockSkew')).toBeGreaterThan(3);
    expect(unknownIds.filter((id) => inLedger(id) === 1).length).toBeGreaterThan(10);
    expect(unknownIds.filter((id) => inLedger(id) === 0).length).toBeGreaterThan(10);
    // And a query resolves every one of them.
    for (const id of unknownIds) expect((await account.queryOrder('BTC/USDT', id)) !== null).toBe(inLedger(id) === 1);
  } finally {
    await exchange.close();
    await simulator.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);
