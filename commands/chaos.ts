/** `npm run chaos -- [--kills N] [--users N] [--seed S] [--minutes M] [--json OUT]`: kills every process, again and again. */
import { writeFileSync } from 'node:fs';
import { broken } from './campaign/judge.js';
import { createRandom } from '../trading/learning/random.js';
import { alertsOf, copies, unalerted } from './chaos/alerts.js';
import { type Kill, killAll } from './chaos/kills.js';
import { optionsOrExit } from './chaos/options.js';
import { keepLogs, PROCESSES, startProduct } from './chaos/product.js';
import { say, seconds, verdictLines } from './chaos/report.js';
import { summarize } from './chaos/statistics.js';
import { judgeTraders, makeTraders, stopTraders } from './chaos/traders.js';
import { startMailServer } from './notifications/receivers.js';

const { numbers, json } = optionsOrExit('chaos', {
  kills: { usual: 50, least: 1 },
  users: { usual: 5, least: 1 },
  seed: { usual: 1, least: 0 },
  minutes: { usual: 120, least: 1 },
});
const { kills: perProcess, users, seed, minutes } = numbers;

/** How often a user trades, s. */
const INTERVAL = 2;
/** How soon after a process's return everyone should have completed a cycle, ms. */
const GOAL = 15_000;
/** The last alert may wait for its sender's next attempt, ms. */
const MAILED_WITHIN = 60_000;

const started = Date.now();
say('starting the product');
const mail = await startMailServer();
const product = await startProduct({ SIM_WEIGHT_LIMIT: '1000000', SMTP_URL: mail.url });
let sound = false;
try {
  sound = await run();
} finally {
  if (!sound) say(`logs are kept in ${keepLogs(product)}`);
  await product.stop();
  await mail.close();
}
process.exit(sound ? 0 : 1);

async function run(): Promise<boolean> {
  const traders = await makeTraders(product, users, INTERVAL);
  say(`${users} users trade every ${INTERVAL} s; ${perProcess} kills of each of ${PROCESSES.join(', ')}; seed ${seed}`);
  const until = started + minutes * 60_000;
  const kills = await killAll({
    product,
    traders,
    processes: PROCESSES,
    perProcess,
    random: createRandom(seed),
    until,
    each: tell,
  });
  say('stopping everyone by emergency, selling what they hold');
  const notStopped = await stopTraders(product, traders);
  const verdict = await judgeTraders(product, traders);
  const addresses = traders.map(({ email }) => email);
  const notAlerted = await unalerted(() => alertsOf(mail), addresses, 'EMERGENCY_STOP', MAILED_WITHIN);
  const received = alertsOf(mail);
  const alerts = { mails: received.length, copies: copies(received), notAlerted };

  const stuck = kills.flatMap((kill) => kill.stuck);
  const processes = Object.fromEntries(
    PROCESSES.map((name) => [name, figures(kills.filter((k) => k.process === name))]),
  );
  const goalMet = kills.every(({ recoveryMs }) => recoveryMs !== null && recoveryMs <= GOAL);
  const planned = perProcess * PROCESSES.length;
  const complete = kills.length === planned;
  const silent = notStopped.length + notAlerted.length;
  const held = broken(verdict) === 0 && stuck.length === 0 && silent === 0;
  const took = Math.round((Date.now() - started) / 1000);
  const report = {
    seed,
    users,
    seconds: took,
    kills,
    processes,
    goalMet,
    complete,
    notStopped,
    alerts,
    held,
    ...verdict,
  };
  if (json) writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`);

  console.log(`\nseed ${seed}: ${kills.length} kills, ${users} users, ${took} s`);
  console.log('process    kills  back p50/max        recovery p50/p99/max');
  for (const [name, { count, back, recovery }] of Object.entries(processes))
    console.log(
      `${name.padEnd(11)}${String(count).padEnd(7)}${`${seconds(back.p50)} / ${seconds(back.max)}`.padEnd(20)}` +
        `${seconds(recovery.p50)} / ${seconds(recovery.p99)} / ${seconds(recovery.max)}`,
    );
  console.log(`every recovery within ${seconds(GOAL)}: ${goalMet ? 'yes' : 'no'}`);
  for (const line of verdictLines(verdict)) console.log(line);
  for (const line of stuck) console.log(`  not resumed: ${line}`);
  for (const userId of notStopped) console.log(`  emergency stop not finished: ${userId}`);
  console.log(
    `alerts: ${alerts.mails} mails, ${alerts.copies} of them copies, ${notAlerted.length} emergencies not mailed`,
  );
  for (const address of notAlerted) console.log(`  emergency not mailed: ${address}`);
  console.log(held ? 'every promise held' : 'A PROMISE WAS BROKEN');
  if (!complete)
    console.log(
      `INCOMPLETE: ${planned - kills.length} of ${planned} kills were not made; the ${minutes} minutes were over, or a user did not resume`,
    );
  return held && goalMet && complete;
}

function figures(kills: readonly Kill[]) {
  const known = (values_: readonly (number | null)[]): number[] => values_.filter((value) => value !== null);
  return {
    count: kills.length,
    back: summarize(known(kills.map(({ backMs }) => backMs))),
    recovery: summarize(known(kills.map(({ recoveryMs }) => recoveryMs))),
  };
}

function tell({ process: name, backMs, recoveryMs }: Kill, done: number, planned: number): void {
  const part = (ms: number | null): string => (ms === null ? 'not' : `after ${seconds(ms)}`);
  say(`${done}/${planned} ${name}: back ${part(backMs)}, everyone trades ${part(recoveryMs)}`);
}
