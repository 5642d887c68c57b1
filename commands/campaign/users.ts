/** A campaign's users: their accounts on the exchange, their settings, their workflows. */
import type { Client } from '@temporalio/client';
import ccxt from 'ccxt';
import { loadDefaultConfig } from '../../adapters/config/defaults.js';
import type { Repositories } from '../../adapters/database/repositories.js';
import type { TestServers } from '../../launcher/lab.js';
import type { Control } from './control.js';
import type { AccountEvidence } from './judge.js';

export const SYMBOLS = ['BTC/USDT', 'ETH/USDT'];
/** What each account held before we came. */
export const FOREIGN_HOLDINGS = { BTC: 0.5, ETH: 3 };

/** The client order id of what somebody ordered by hand on this account. */
export const foreignId = (userId: string): string => `by-hand-${userId}`.slice(0, 36);

/** Makes accounts with money, holdings that were there before, and an order placed by hand; answers their balances. */
export async function prepareUsers(
  servers: TestServers,
  control: Control,
  repositories: Repositories,
  userIds: readonly string[],
): Promise<{ before: Map<string, AccountEvidence['before']>; prices: Record<string, number> }> {
  const market = exchangeClient(servers);
  await market.loadMarkets();
  const prices: Record<string, number> = {};
  for (const symbol of SYMBOLS) prices[symbol.split('/')[0]!] = (await market.fetchTicker(symbol)).last ?? 0;
  const before = new Map<string, AccountEvidence['before']>();
  for (const userId of userIds) {
    await repositories.config.create(userId, { ...loadDefaultConfig(), symbols: SYMBOLS, mode: 'paper' });
    await repositories.status.create(userId, 'paper');
    const { BTC, ETH } = FOREIGN_HOLDINGS;
    const key = await control.account(userId, { USDT: '100000', BTC: String(BTC), ETH: String(ETH) });
    before.set(userId, (await control.ledger(userId)).balances);
    const exchange = exchangeClient(servers, key);
    exchange.setMarketsFromExchange(market);
    const low = Number((prices['BTC']! * 0.8).toFixed(2));
    await exchange.createOrder('BTC/USDT', 'limit', 'buy', 0.001, low, { newClientOrderId: foreignId(userId) });
  }
  return { before, prices };
}

function exchangeClient({ exchangeUrl }: TestServers, key: { apiKey?: string; secret?: string } = {}) {
  const client = new ccxt.binance({
    apiKey: key.apiKey,
    secret: key.secret,
    options: { defaultType: 'spot', fetchMarkets: { types: ['spot'] }, fetchMargins: false, fetchCurrencies: false },
  });
  Object.assign(client.urls['api'] as object, {
    public: `${exchangeUrl}/api/v3`,
    private: `${exchangeUrl}/api/v3`,
  });
  return client;
}

/** Resolves to whether the workflow came to its end before `until`, real ms. */
export async function finished(client: Client, workflowId: string, until: number): Promise<boolean> {
  for (;;) {
    try {
      const { status } = await client.withDeadline(Date.now() + 5_000, () =>
        client.workflow.getHandle(workflowId).describe(),
      );
      if (status.name === 'COMPLETED') return true;
      if (status.name !== 'RUNNING' && status.name !== 'CONTINUED_AS_NEW') return false;
    } catch {
      // Temporal is being killed: ask again
    }
    if (Date.now() > until) return false;
    await new Promise((next) => setTimeout(next, 2_000));
  }
}
