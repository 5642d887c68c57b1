/**
 * `npm run chaos:notifications -- [--kills N] [--seed S] [--minutes M] [--json OUT]`: tells users of everything, in both
 * languages, while the channels misbehave and the worker is killed again and again; then judges what the receivers took.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exampleEvent } from '../adapters/notifications/examples.js';
import type { DeliveryDocument } from '../adapters/database/documents.js';
import { createRandom } from '../trading/learning/random.js';
import { NOTIFICATION_TYPES } from '../trading/types.js';
import { optionsOrExit } from './chaos/options.js';
import { say, seconds } from './chaos/report.js';
import { judge, type Judgement, PUSHED, type Told } from './notifications/judge.js';
import { type NotificationLab, openLab } from './notifications/lab.js';
import { type KillableWorker, startKillableWorker } from './notifications/process.js';
import { makeTrouble } from './notifications/trouble.js';

const { numbers, json } = optionsOrExit('chaos:notifications', {
  kills: { usual: 200, least: 0 },
  seed: { usual: 1, least: 0 },
  minutes: { usual: 25, least: 1 },
});
const { kills, seed, minutes } = numbers;

/** So many that nobody has more than five messages a minute, but for those who have bursts. */
const USERS = Math.max(40, Math.min(160, kills));
const BURSTING = 4;
const BURST_OF = 20;
const EVENTS_A_KILL = 8;
/** The next worker gets ready beside the one that works; more would take the processor from it. */
const SPARES = 1;

const random = createRandom(seed);
const started = Date.now();
const told: Told[] = [];
const languageOf = (n: number): 'en' | 'ko' => (n % 2 === 0 ? 'en' : 'ko');

const lab = await openLab();
let worker: KillableWorker | null = null;
let sound = false;
try {
  for (let n = 1; n <= USERS + BURSTING; n++) await lab.addUser({ id: `user-${n}`, locale: languageOf(n) });
  const log = join(lab.servers.dataDir, 'worker.log');
  worker = await startKillableWorker('commands/notifications/worker', lab.env, log, SPARES);
  sound = await run(lab, worker);
} finally {
  await worker?.stop();
  await lab.close();
}
process.exit(sound ? 0 : 1);

async function run({ repositories }: NotificationLab, victim: KillableWorker): Promise<boolean> {
  say(`${USERS + BURSTING} users; ${kills} kills; seed ${seed}`);
  const trouble = makeTrouble(lab, random, (number) => `user-${number}`);
  const until = started + minutes * 60_000;
  while (victim.kills.length < kills && Date.now() < until) {
    // Most kills strike in the midst of the work, some after a stretch in which retries get on.
    await victim.heirReady();
    const upFor = random() < 0.1 ? 3_000 + random() * 5_000 : random() * 1_500;
    const telling = tellSome(upFor);
    await Promise.all([telling, pause(upFor)]);
    await victim.killAndRestart();
    if (victim.kills.length % 20 === 0)
      say(`${victim.kills.length} kills, ${told.length} events, ${trouble.accepted.length} accepted`);
  }
  trouble.end();
  const well = Date.now();
  say('no more kills; every channel is back');
  await settle(repositories);
  const judgement = judge(told, trouble.accepted, trouble.outages, victim.kills);
  const complete = victim.kills.length === kills;
  const held = [judgement.lost, judgement.unexplained, judgement.late].every(({ length }) => length === 0);
  const took = Math.round((Date.now() - started) / 1000);
  const report = {
    seed,
    seconds: took,
    kills: victim.kills.length,
    complete,
    outages: trouble.outages.length,
    held,
    ...judgement,
  };
  if (json) writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`);
  print(report, Date.now() - well);
  return held && complete;
}

/**
 * Events of every type in turn, to the next users in turn, all over the stretch, and one right before its end, so that
 * the kill finds something on its way; now and then a burst to one of those who have them.
 */
async function tellSome(withinMs: number): Promise<void> {
  const all: Promise<void>[] = [];
  const times = Array.from({ length: EVENTS_A_KILL - 1 }, () => random() * withinMs);
  times.push(Math.max(0, withinMs - random() * 300));
  let now = 0;
  for (const time of times.sort((a, b) => a - b)) {
    await pause(time - now);
    now = time;
    const n = told.length;
    all.push(tell(`user-${1 + (n % USERS)}`, `event-${n}`, n, false));
  }
  if (random() < 0.04) {
    const user = `user-${USERS + 1 + Math.floor(random() * BURSTING)}`;
    for (let i = 0; i < BURST_OF; i++) all.push(tell(user, `burst-${told.length}`, 0, true));
  }
  await Promise.all(all);
}

function tell(userId: string, eventId: string, n: number, gathered: boolean): Promise<void> {
  const type = NOTIFICATION_TYPES[n % NOTIFICATION_TYPES.length] ?? 'SYSTEM_ERROR';
  const at = Date.now();
  told.push({ eventId, userId, at, gathered, outcomes: {} });
  return lab.notify(userId, { ...exampleEvent(type), eventId, at });
}

/** Waits until the database knows the end of everything, two minutes at most. */
async function settle({ notifications }: NotificationLab['repositories']): Promise<void> {
  const end = Date.now() + 120_000;
  let open = [...told];
  while (open.length > 0 && Date.now() < end) {
    for (let at = 0; at < open.length; at += 20)
      await Promise.all(
        open.slice(at, at + 20).map(async (event) => read(event, await notifications.get(event.eventId))),
      );
    open = open.filter(({ outcomes }) =>
      PUSHED.some((channel) => !/^(delivered|failed|skipped)/.test(outcomes[channel] ?? '')),
    );
    say(`${open.length} of ${told.length} events are not settled`);
    await pause(2_000);
  }
}

function read(event: Told, stored: { deliveries: DeliveryDocument[] } | null): void {
  event.outcomes = Object.fromEntries(
    (stored?.deliveries ?? []).map(({ channel, status, error }) => [channel, error ? `${status}: ${error}` : status]),
  );
}

function print(
  report: Judgement & { seed: number; seconds: number; kills: number; held: boolean; outages: number },
  settledMs: number,
): void {
  const { repeats } = report;
  console.log(
    `\nseed ${report.seed}: ${report.kills} kills of the worker, ${report.outages} outages of channels, ${report.seconds} s`,
  );
  console.log(
    `${report.told} events, ${report.arrived} of ${report.expected} deliveries arrived, ${report.digests} digests`,
  );
  console.log(`everything settled ${seconds(settledMs)} after the last kill`);
  console.log(`${report.struck} of the kills struck while something was on its way`);
  console.log('channel    p50/p99/max from the telling or the channel’s return');
  for (const channel of PUSHED) {
    const { p50, p99, max } = report.delay[channel];
    console.log(`${channel.padEnd(11)}${seconds(p50)} / ${seconds(p99)} / ${seconds(max)}`);
  }
  console.log(
    `lost ${report.lost.length}, doubled without cause ${report.unexplained.length}, late ${report.late.length}`,
  );
  console.log(
    `repeated under the same id: ${repeats.afterKill} after a kill, ${repeats.afterWithheldAnswer} after an answer withheld; ` +
      `${repeats.marked} of ${repeats.markable} by Discord and Telegram say so themselves`,
  );
  for (const name of ['lost', 'unexplained', 'late'] as const)
    for (const line of report[name].slice(0, 20)) console.log(`  ${name}: ${line}`);
  console.log(report.held ? 'every promise held' : 'A PROMISE WAS BROKEN');
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
