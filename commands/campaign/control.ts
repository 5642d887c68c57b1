/** The simulator's control port, as a campaign uses it. */
import type { Ledger } from './judge.js';

export interface Control {
  ledger(account: string): Promise<Ledger>;
  account(account: string, balances: Record<string, string>): Promise<{ apiKey: string; secret: string }>;
  /** Of every account, in one answer. */
  balances(): Promise<{ account: string; balances: Ledger['balances'] }[]>;
  /** Market time, ms; `speed` is market time per real time. */
  clock(): Promise<{ marketTime: number; speed: number }>;
  setSpeed(speed: number): Promise<void>;
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
    balances: async () =>
      (await ask<{ accounts: { account: string; balances: Ledger['balances'] }[] }>('/accounts')).accounts,
    clock: () => ask('/clock'),
    setSpeed: async (speed) => void (await ask('/clock', { speed })),
    faults: async (faults, seed) => void (await ask('/faults', { faults, seed, replace: true })),
    clearFaults: async () => void (await ask('/faults', undefined, 'DELETE')),
  };
}
