/** The simulator's control port, as a campaign uses it. */
import type { Ledger } from './judge.js';

export interface Control {
  ledger(account: string): Promise<Ledger>;
  account(account: string, balances: Record<string, string>): Promise<{ apiKey: string; secret: string }>;
  faults(list: object[], seed: number): Promise<void>;
  clearFaults(): Promise<void>;
}

export function createControl(url: string): Control {
  async function ask<T>(path: string, body?: unknown, method = body === undefined ? 'GET' : 'POST'): Promise<T> {
    const answer = await fetch(`${url}${path}`, {
      method,
      signal: AbortSignal.timeout(10_000),
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }
  return {
    ledger: (account) => ask(`/ledger?account=${encodeURIComponent(account)}`),
    account: (account, balances) => ask('/accounts', { account, balances }),
    faults: async (faults, seed) => void (await ask('/faults', { faults, seed, replace: true })),
    clearFaults: async () => void (await ask('/faults', undefined, 'DELETE')),
  };
}

/** Everything that can go wrong at the wire, at once. */
export const FAULT_MIX: object[] = [
  ...['POST /api/v3/order', 'POST /api/v3/orderList/oco', 'DELETE /api/v3/order*'].flatMap((endpoint) => [
    { endpoint, kind: 'request-lost', probability: 0.03 },
    { endpoint, kind: 'answer-lost', probability: 0.04 },
    { endpoint, kind: 'late-arrival', probability: 0.02, delayMs: 1_500 },
    { endpoint, kind: 'late-arrival', probability: 0.01, delayMs: 6_000 },
    { endpoint, kind: '-1007', probability: 0.02 },
    { endpoint, kind: '5xx', probability: 0.01 },
    { endpoint, kind: '503', probability: 0.01 },
    { endpoint, kind: 'html', probability: 0.01 },
    { endpoint, kind: 'empty', probability: 0.01 },
    { endpoint, kind: 'malformed', probability: 0.01 },
    { endpoint, kind: 'cut', probability: 0.01 },
    { endpoint, kind: 'stalled', probability: 0.003 },
    { endpoint, kind: 'reset', probability: 0.02 },
  ]),
  { endpoint: 'GET /api/v3/*', kind: 'lagging-reads', probability: 0.05, delayMs: 800 },
  { endpoint: 'GET /api/v3/*', kind: 'reset', probability: 0.01 },
  { endpoint: 'GET /api/v3/*', kind: '5xx', probability: 0.01 },
  { endpoint: 'GET /api/v3/*', kind: 'html', probability: 0.005 },
  { endpoint: '*', kind: '429', probability: 0.001, retryAfter: 1 },
  { endpoint: 'matching', kind: 'partial-fills', probability: 0.05, fraction: 0.6 },
];
