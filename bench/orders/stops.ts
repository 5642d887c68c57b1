/**
 * From a stop's fill on the exchange to its record in the database, to the record of its alert, and to the mail server's
 * taking it. Users hold one position each and have a day until their next cycle: what they learn comes by their stream.
 */
import { loadMasterKeys } from '../../adapters/secrets/master-keys.js';
import { startStand } from '../../commands/campaign/stand.js';
import { startMailServer } from '../../commands/notifications/receivers.js';
import { addUserWithChannels } from '../../commands/notifications/users.js';
import { pause } from '../../launcher/processes.js';
import { TRADING_TASK_QUEUE, tradingWorkflowId } from '../../workflows/messages.js';
import { percentile } from './measure.js';

const USERS = 5;
const ROUNDS = 22;
const SYMBOL = 'BTC/USDT';

export interface StopsResult {
  stops: number;
  recordP50Ms: number;
  recordP99Ms: number;
  alertP50Ms: number;
  /** Goal: 2,000. */
  alertP99Ms: number;
  mailP50Ms: number;
  /** Goal: 3,000. */
  mailP99Ms: number;
  mailMaxMs: number;
}

export async function measureStops(): Promise<StopsResult> {
  const server = await startMailServer();
  const mailedAt = new Map<string, number>();
  server.onMail = (mail, [to = '']) => {
    if (mail.headers.get('x-notification-type') === 'STOP_LOSS_HIT') mailedAt.set(to, Date.now());
  };
  const stand = await startStand(
    { simulator: { speed: 1, weightLimit: 10_000_000 } },
    { CAMPAIGN: 'true', SMTP_URL: server.url },
  );
  const { servers, worker, database, repositories, client } = stand;
  const keys = loadMasterKeys(undefined, servers.dataDir);
  const collection = (name: string) => database.connection.db!.collection(name);
  const record: number[] = [];
  const alert: number[] = [];
  const mail: number[] = [];
  try {
    await worker.ready();
    for (let round = 0; round < ROUNDS; round++) {
      const users = Array.from({ length: USERS }, (_, index) => `stops-${round}-${index}`);
      await Promise.all(users.map(hold));
      const filledAt = Date.now();
      await prices({ symbol: SYMBOL, kind: 'gap', changePct: -2 });
      for (const userId of users) {
        const trade = await found('trades', { userId });
        const notification = await found('notifications', { userId, type: 'STOP_LOSS_HIT' });
        record.push(trade['recordedAt'].getTime() - filledAt);
        alert.push(notification['createdAt'].getTime() - filledAt);
        mail.push((await mailed(userId)) - filledAt);
      }
      await prices({ symbol: SYMBOL, kind: 'gap', changePct: (1 / 0.98 - 1) * 100 });
    }
    return {
      stops: record.length,
      recordP50Ms: percentile(record, 0.5),
      recordP99Ms: percentile(record, 0.99),
      alertP50Ms: percentile(alert, 0.5),
      alertP99Ms: percentile(alert, 0.99),
      mailP50Ms: percentile(mail, 0.5),
      mailP99Ms: percentile(mail, 0.99),
      mailMaxMs: Math.max(...mail),
    };
  } finally {
    await stand.stop();
    await server.close();
  }

  /** One protected position, and a trading workflow that listens. */
  async function hold(userId: string): Promise<void> {
    const config = { symbols: [SYMBOL], mode: 'paper' as const, tradingInterval: 86_400 };
    await addUserWithChannels(
      repositories,
      keys,
      { id: userId, locale: 'en', channels: ['dashboard', 'email'], config },
      1,
    );
    await repositories.status.create(userId, 'paper');
    await client.workflow.start('tradingWorkflow', {
      workflowId: tradingWorkflowId(userId),
      taskQueue: TRADING_TASK_QUEUE,
      args: [{ userId }],
    });
    const held = await client.workflow.execute<(input: object) => Promise<number>>('holdWorkflow', {
      workflowId: `hold-${userId}`,
      taskQueue: TRADING_TASK_QUEUE,
      args: [{ userId, symbols: [SYMBOL] }],
    });
    if (held !== 1) throw new Error(`${userId} holds nothing`);
  }

  async function mailed(userId: string): Promise<number> {
    for (const until = Date.now() + 30_000; Date.now() < until; await pause(20)) {
      const at = mailedAt.get(`${userId}@example.org`);
      if (at !== undefined) return at;
    }
    throw new Error(`no mail to ${userId} within 30 s`);
  }

  async function prices(body: object): Promise<void> {
    const answer = await fetch(`${servers.controlUrl}/prices`, { method: 'POST', body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(await answer.text());
  }

  async function found(name: string, filter: object) {
    for (const until = Date.now() + 30_000; Date.now() < until; ) {
      const one = await collection(name).findOne(filter);
      if (one) return one;
      await new Promise((next) => setTimeout(next, 50));
    }
    throw new Error(`no ${name} of ${JSON.stringify(filter)} within 30 s`);
  }
}
