import { z } from 'zod';
import { BadExchangeAnswer, ExchangeUnavailable } from './errors.js';
import type { AccountKey } from './port.js';

export interface PaperAccounts {
  /** The user's account on the simulator, made when first needed. */
  key(userId: string): Promise<AccountKey>;
}

export const PAPER_MONEY = { USDT: '10000' } as const;

const DEADLINE_MS = 5_000;
const created = z.object({ account: z.string().min(1), apiKey: z.string().min(1), secret: z.string().min(1) });

/**
 * Asks the simulator's control port. Asking twice for one user gives the same account with its balances as they are;
 * answers are remembered for the life of the process.
 * @throws ExchangeUnavailable, BadExchangeAnswer
 */
export function createPaperAccounts(controlUrl: string): PaperAccounts {
  const known = new Map<string, Promise<AccountKey>>();
  const address = `${controlUrl.replace(/\/+$/, '')}/accounts`;

  return {
    key(userId) {
      let key = known.get(userId);
      if (!key) {
        key = createAccount(address, userId);
        known.set(userId, key);
        key.catch(() => known.delete(userId));
      }
      return key;
    },
  };
}

async function createAccount(address: string, userId: string): Promise<AccountKey> {
  const { status, body } = await post(address, { account: userId, balances: PAPER_MONEY });
  if (status >= 500) throw new ExchangeUnavailable(`paperAccounts: the simulator answered ${status}`, { status });
  const parsed = created.safeParse(body);
  if (!parsed.success)
    throw new BadExchangeAnswer(`paperAccounts: the simulator answered ${status} without account, apiKey and secret`, {
      status,
    });
  return { id: `paper-${parsed.data.account}`, apiKey: parsed.data.apiKey, secret: parsed.data.secret };
}

/** The errors of fetch name the address and sometimes more: only their kind goes on. */
async function post(address: string, body: object): Promise<{ status: number; body: unknown }> {
  try {
    const response = await fetch(address, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    const text = await response.text();
    return { status: response.status, body: parsedOrNull(text) };
  } catch (error) {
    const kind = error instanceof Error ? error.name : 'Error';
    throw new ExchangeUnavailable(`paperAccounts: the simulator's control port does not answer (${kind})`);
  }
}

function parsedOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
