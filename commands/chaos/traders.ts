/** Users who trade as busily as the settings allow: made, started, watched and stopped through the API alone. */
import { randomBytes } from 'node:crypto';
import { connectDatabase } from '../../adapters/database/connect.js';
import { pause } from '../../launcher/processes.js';
import type { StatusView } from '../../trading/types.js';
import { type Control, createControl } from '../campaign/control.js';
import { gatherEvidence } from '../campaign/evidence.js';
import { type AccountEvidence, broken, judge, type Verdict } from '../campaign/judge.js';
import { inLanes } from '../../adapters/lanes.js';
import type { Product } from './product.js';
import { say } from './report.js';

/** What of the product is spoken to here. */
export type Speaking = Pick<Product, 'ask' | 'signIn' | 'admin'> & {
  runtime(): { mongodbUri: string; exchangeControlUrl?: string };
};

export interface Trader {
  userId: string;
  /** The account's address, where alerts are mailed. */
  email: string;
  token: string;
  /** Balances on the exchange before the first cycle. */
  before: AccountEvidence['before'];
}

/** Many entries, and no reason of the market's to stop: it is the machinery that is on trial. */
const SETTINGS = {
  tradingMode: 'AGGRESSIVE',
  timeframe: '1m',
  symbols: ['BTC/USDT', 'ETH/USDT'],
  maxDailyLossPct: 100,
  risk: { losingStreakLimit: 1_000, cooldownMinutes: 0, maxTradesPerDay: 100_000 },
} as const;

const MONEY = { USDT: '10000' };

/** Each costs two password hashes. */
const MADE_AT_ONCE = 4;
/** Each asks for its status three times a second. */
const STOPPED_AT_ONCE = 25;
const READ_AT_ONCE = 10;

/**
 * @param interval of the trading loop, s
 * @param spreadMs their first cycles begin evenly over this time, as those of users who came by and by; 0: at once
 */
export async function makeTraders(product: Speaking, count: number, interval: number, spreadMs = 0): Promise<Trader[]> {
  const control = controlOf(product);
  const group = randomBytes(3).toString('hex');
  const make = async (_: unknown, index: number): Promise<Trader> => {
    const number = index + 1;
    const [email, password] = [`trader-${number}-${group}@example.com`, randomBytes(12).toString('hex')];
    const { id } = await product.ask<{ id: string }>(product.admin, 'POST', '/api/users', { email, password });
    const token = await product.signIn(email, password);
    await product.ask(token, 'PUT', '/api/config', { ...SETTINGS, tradingInterval: interval });
    await control.account(id, MONEY);
    return { userId: id, email, token, before: (await control.ledger(id)).balances };
  };
  const traders = await inLanes(Array.from({ length: count }), MADE_AT_ONCE, make);
  const began = Date.now();
  for (const [index, { token }] of traders.entries()) {
    await pause(Math.max(0, began + (spreadMs * index) / count - Date.now()));
    await started(product, token);
  }
  return traders;
}

const STARTED_WITHIN = 60_000;

/** A start that the engine, busy with others, did not answer in time is asked for again: it is the same start. */
async function started(product: Speaking, token: string): Promise<void> {
  const giveUpAt = Date.now() + STARTED_WITHIN;
  for (;;)
    try {
      return await product.ask(token, 'POST', '/api/trading/start', {});
    } catch (error) {
      if (!String(error).includes('ENGINE_UNAVAILABLE') || Date.now() > giveUpAt) throw error;
      say('a start was not answered in time: asked again');
      await pause(500);
    }
}

export const statusOf = (product: Speaking, { token }: Trader): Promise<StatusView> =>
  product.ask(token, 'GET', '/api/trading/status');

const STOPPED_WITHIN = 90_000;
/** And so much longer for each user of many, ms. */
const LONGER_EACH = 100;
const SETTLED_WITHIN = 20_000;

/** Emergency stop with liquidation for everyone. @returns the ids of users whose stop did not finish in time */
export async function stopTraders(product: Speaking, traders: readonly Trader[]): Promise<string[]> {
  const request = { liquidate: true, reason: 'end of the run' };
  const deadline = Date.now() + STOPPED_WITHIN + LONGER_EACH * traders.length;
  const stopped = await inLanes(traders, STOPPED_AT_ONCE, async (trader) => {
    let asked = false;
    while (Date.now() < deadline) {
      try {
        if (!asked) await product.ask(trader.token, 'POST', '/api/trading/emergency-stop', request);
        asked = true;
        const { status, emergency } = await statusOf(product, trader);
        if (status === 'EMERGENCY_STOPPED' && emergency?.finishedAt) return true;
      } catch {
        // A busy machine: ask again until the deadline.
      }
      await pause(300);
    }
    return false;
  });
  return traders.filter((_, index) => !stopped[index]).map(({ userId }) => userId);
}

/** Sets the exchange's ledgers against the books, once more every second while they differ, for up to 20 s. */
export async function judgeTraders(product: Speaking, traders: readonly Trader[]): Promise<Verdict> {
  const control = controlOf(product);
  const database = await connectDatabase(product.runtime().mongodbUri, { migrate: false });
  const deadline = Date.now() + SETTLED_WITHIN;
  try {
    for (;;) {
      const evidence = await inLanes(traders, READ_AT_ONCE, ({ userId, before }) =>
        gatherEvidence(database, control, userId, before, []),
      );
      const verdict = judge(evidence);
      if (broken(verdict) === 0 || Date.now() > deadline) return verdict;
      await pause(1_000);
    }
  } finally {
    await database.close();
  }
}

function controlOf(product: Speaking): Control {
  const { exchangeControlUrl } = product.runtime();
  if (!exchangeControlUrl) throw new Error('the product has no exchange of its own');
  return createControl(exchangeControlUrl);
}
