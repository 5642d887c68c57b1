/**
 * A trading cycle's time while every channel hangs, against the same while all is well, in phases that take turns. An
 * hour of hanging is imitated by what it would leave behind: each hanging phase begins with an hour's messages waiting.
 */
import { startNotification } from '../../activities/notificationClient.js';
import { loadDefaultConfig } from '../../adapters/config/defaults.js';
import { loadMasterKeys } from '../../adapters/secrets/master-keys.js';
import { type Stand, startStand } from '../../commands/campaign/stand.js';
import { percentile } from '../../commands/chaos/statistics.js';
import { addUserWithChannels, type Receivers, startReceivers } from '../../commands/notifications/users.js';
import { hang } from '../../commands/notifications/receivers.js';
import { pause } from '../../launcher/processes.js';
import { TRADING_TASK_QUEUE, tradingWorkflowId } from '../../workflows/messages.js';
import { type CycleSpan, cyclesOf } from '../cycleSpans.js';

const number = (name: string, usual: number): number => Number(process.env[name] ?? usual);
const TRADERS = number('BENCH_TRADERS', 30);
/** A cycle that takes longer begins the next without a timer, and could not be told from it. */
const INTERVAL_S = 3;
/** Others, who are told things. */
const TOLD = 60;
const PAIRS = number('BENCH_PAIRS', 4);
const PHASE_MS = number('BENCH_PHASE_SECONDS', 25) * 1_000;
/** One every five seconds for an hour, on each of three channels. */
const HOUR = number('BENCH_HOUR', 720);
const EVERY_MS = 500;

interface Phase {
  hanging: boolean;
  from: number;
  to: number;
}

export async function run(): Promise<object> {
  const receivers = await startReceivers();
  const stand = await startStand(
    { simulator: { speed: 60, weightLimit: 1_000_000 } },
    { CAMPAIGN: 'true', ...receivers.env },
  );
  try {
    await stand.worker.ready();
    await makeUsers(stand);
    const phases: Phase[] = [];
    const waiting: number[] = [];
    let said = 0;
    const tell = (): Promise<void> => tellOne(stand, (said += 1));
    await pause(10_000);
    for (let pair = 0; pair < PAIRS; pair++) {
      phases.push(await phase(false, tell));
      misbehave(receivers);
      for (let left = HOUR; left > 0; left -= 20)
        await Promise.all(Array.from({ length: Math.min(20, left) }, () => tell()));
      await allWaiting(stand, said);
      phases.push(await phase(true, tell));
      console.log(`pair ${pair + 1} of ${PAIRS}: ${said - receivers.mail.mails.length} mails wait`);
      waiting.push(said - receivers.mail.mails.length);
      behave(receivers);
      await drained(receivers, said);
    }
    const cycles = await Promise.all(
      Array.from({ length: TRADERS }, (_, n) => cyclesOf(stand.client, tradingWorkflowId(`trader-${n}`))),
    );
    return report(phases, cycles.flat(), waiting);
  } finally {
    await stand.stop();
    await receivers.close();
  }
}

function report(phases: readonly Phase[], cycles: readonly CycleSpan[], waiting: readonly number[]) {
  const of = (hanging: boolean) => {
    const inside = phases.filter((each) => each.hanging === hanging);
    const spans = cycles.filter(({ at }) => inside.some(({ from, to }) => at >= from && at < to)).map(({ ms }) => ms);
    return { cycles: spans.length, p50Ms: percentile(spans, 50), p99Ms: percentile(spans, 99) };
  };
  const [well, hanging] = [of(false), of(true)];
  const ratio = (a: number, b: number): number => Math.round((a / b) * 1_000) / 1_000;
  return {
    well,
    hanging,
    /** By mail; the other channels have as many. */
    waitingAtTheEnd: Math.min(...waiting),
    cyclesOfPhases: phases.map(({ from, to }) => cycles.filter(({ at }) => at >= from && at < to).length),
    /** When they began, seconds from the first phase's beginning, and how long they took. */
    slowest: [...cycles]
      .sort((a, b) => b.ms - a.ms)
      .slice(0, 5)
      .map(({ at, ms }) => ({ second: Math.round((at - phases[0]!.from) / 1_000), ms: Math.round(ms) })),
    phases: phases.map(({ from, to }) => [from, to].map((at) => Math.round((at - phases[0]!.from) / 1_000))),
    p50Ratio: ratio(hanging.p50Ms, well.p50Ms),
    p99Ratio: ratio(hanging.p99Ms, well.p99Ms),
    goal: 'p99Ratio below 1.25',
  };
}

/** Something is told all the time, well or not. */
async function phase(hanging: boolean, tell: () => Promise<void>): Promise<Phase> {
  const from = Date.now();
  while (Date.now() - from < PHASE_MS) await Promise.all([tell(), pause(EVERY_MS)]);
  return { hanging, from, to: Date.now() };
}

function misbehave({ mail, discord, telegram }: Receivers): void {
  mail.hang = true;
  discord.always = hang;
  telegram.always = hang;
}

function behave({ mail, discord, telegram }: Receivers): void {
  mail.hang = false;
  discord.always = null;
  telegram.always = null;
}

/** Until all that was told is stored and handed to the channels' queues: from then on it only waits. */
async function allWaiting({ database }: Stand, said: number): Promise<void> {
  const stored = database.connection.db!.collection('notifications');
  for (const end = Date.now() + 240_000; (await stored.countDocuments({})) < said; await pause(500))
    if (Date.now() > end) throw new Error(`not all of ${said} were stored within four minutes`);
  await pause(10_000);
}

async function drained({ mail, discord, telegram }: Receivers, said: number): Promise<void> {
  const took = (): number[] => [mail.mails.length, discord.accepted.length, telegram.accepted.length];
  for (const end = Date.now() + 240_000; took().some((count) => count < said); await pause(500))
    if (Date.now() > end)
      throw new Error(`of ${said} messages a channel, ${took().join(', ')} arrived in four minutes`);
  await pause(3_000);
}

/** Not one of the types that are gathered, so that each is a message of its own. */
const tellOne = ({ client }: Stand, n: number): Promise<void> =>
  startNotification(client, {
    userId: `told-${n % TOLD}`,
    event: {
      eventId: `hanging-${n}`,
      type: 'DAILY_LOSS_WARNING',
      data: { lossPct: -2.4, limitPct: 3 },
      at: Date.now(),
    },
  });

async function makeUsers({ repositories, client, servers }: Stand): Promise<void> {
  const keys = loadMasterKeys(undefined, servers.dataDir);
  for (let n = 0; n < TOLD; n++)
    await addUserWithChannels(repositories, keys, { id: `told-${n}`, locale: 'en' }, n + 1);
  for (let n = 0; n < TRADERS; n++) {
    const userId = `trader-${n}`;
    // CONSERVATIVE on 1h candles: nothing to trade, the loop's own cost.
    const config = {
      mode: 'paper',
      tradingInterval: INTERVAL_S,
      timeframe: '1h',
      tradingMode: 'CONSERVATIVE',
    } as const;
    await repositories.config.create(userId, { ...loadDefaultConfig(), ...config });
    await repositories.status.create(userId, 'paper');
    const handle = await client.workflow.start('tradingWorkflow', {
      workflowId: tradingWorkflowId(userId),
      taskQueue: TRADING_TASK_QUEUE,
      workflowTaskTimeout: '5 seconds',
      args: [{ userId }],
    });
    await handle.signal('start');
  }
}
