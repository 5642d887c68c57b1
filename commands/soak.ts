/**
 * `npm run soak -- [--users N] [--minutes M] [--speed X] [--interval S] [--stops N] [--seed S] [--json OUT]`: many users for
 * a long time, some of whom are stopped in an emergency meanwhile.
 */
import { writeFileSync } from 'node:fs';
import { connectDatabase } from '../adapters/database/connect.js';
import { inLanes } from '../adapters/lanes.js';
import { pause } from '../launcher/processes.js';
import { createRandom } from '../trading/learning/random.js';
import { broken } from './campaign/judge.js';
import { stopInTurn, type Stops } from './chaos/emergencyStops.js';
import { type Memory, residentKilobytes, sampleMemory } from './chaos/memory.js';
import { optionsOrExit } from './chaos/options.js';
import { keepLogs, startProduct } from './chaos/product.js';
import { createPunctuality, type Punctuality } from './chaos/punctuality.js';
import { say, seconds, verdictLines } from './chaos/report.js';
import { growth, shuffledPlan, summarize } from './chaos/statistics.js';
import { judgeTraders, makeTraders, statusOf, stopTraders, type Trader } from './chaos/traders.js';

const { numbers, json } = optionsOrExit('soak', {
  users: { usual: 50, least: 1 },
  minutes: { usual: 70, least: 1 },
  speed: { usual: 150, least: 1, whole: false },
  interval: { usual: 2, least: 1 },
  stops: { usual: 0, least: 0 },
  seed: { usual: 1, least: 0 },
});
const { users, minutes, speed, interval, stops, seed } = numbers;

/** Memory may change by this between the end of the warm-up and the end, percent. */
const FLAT_PCT = 5;
/** Shorter runs are all warm-up: their memory is shown but breaks nothing. */
const JUDGE_MEMORY_FROM = 30; // minutes

/** A cycle may begin this late, the 99th percentile, ms. */
const LATE_MS = 5_000;
/** And whoever is stopped is halted so soon, the 99th percentile, ms. */
const HALTED_MS = 150;
/** What a user may take in the worker, where there are so many that its own share does not count, MB. */
const MB_PER_USER = 0.7;
const MANY = 200;

/** Each cycle is to be seen by itself; more looks would only load the database. */
const LOOK_EVERY = Math.min(5_000, Math.max(500, (interval * 1_000) / 12));
const MEMORY_EVERY = 5_000;
/** Those who come by and by do not begin their cycles together. */
const SPREAD = interval >= 10 ? interval * 1_000 : 0;

say('starting the product');
const product = await startProduct({ SIM_SPEED: String(speed), SIM_WEIGHT_LIMIT: '1000000' });
/** Of a worker without users, kB. */
const emptyWorker = residentKilobytes(product.runtime().processes.worker!) ?? 0;
let sound = false;
try {
  sound = await run();
} finally {
  if (!sound) say(`logs are kept in ${keepLogs(product)}`);
  await product.stop();
}
process.exit(sound ? 0 : 1);

async function run(): Promise<boolean> {
  const traders = await makeTraders(product, users, interval, SPREAD);
  say(`${users} users trade every ${interval} s for ${minutes} minutes, market at ${speed} times real time`);
  const { memory, punctuality, emergencies } = await watch(traders);
  const statuses = await inLanes(traders, 10, (trader) => statusOf(product, trader));
  const notRunning = traders.filter((_, index) => statuses[index]?.status !== 'RUNNING').map(({ userId }) => userId);
  say('stopping everyone by emergency, selling what they hold');
  const notStopped = await stopTraders(product, traders);
  const verdict = await judgeTraders(product, traders);

  const grown = Object.fromEntries(Object.entries(memory).map(([name, samples]) => [name, growth(samples)]));
  const flat = Object.values(grown).every((one) => one !== null && one.changePct <= FLAT_PCT);
  const lateness = summarize(punctuality.lateness);
  const halted = summarize(emergencies.haltedMs);
  const { skipped, unmeasured, longestOverdueMs } = punctuality;
  const perUser = ((grown['worker']?.atEnd ?? Infinity) - emptyWorker) / 1024 / users;
  const cycles = statuses.reduce((sum, { cycle }) => sum + cycle, 0);
  const held = broken(verdict) === 0 && notRunning.length === 0 && notStopped.length === 0;
  const punctual = lateness.p99 <= LATE_MS && emergencies.failed.length === 0 && halted.p99 <= HALTED_MS;
  const small = users < MANY || perUser <= MB_PER_USER;
  const passed = held && punctual && small && (flat || minutes < JUDGE_MEMORY_FROM);
  const setup = { users, minutes, speed, interval, stops, seed };
  const timing = { cycles, lateness, skipped, unmeasured, longestOverdueMs };
  const report = {
    ...setup,
    ...timing,
    emergencies: { halted, answered: summarize(emergencies.answeredMs), failed: emergencies.failed },
    memory: grown,
    emptyWorkerKb: emptyWorker,
    megabytesPerUser: perUser,
    flat,
    notRunning,
    notStopped,
    held,
    ...verdict,
    samples: memory,
  };
  if (json) writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`);

  console.log(`\n${users} users, ${minutes} minutes, ${cycles} cycles`);
  console.log(
    `late by p50 ${lateness.p50} ms, p99 ${lateness.p99} ms, at most ${lateness.max} ms (${lateness.count} measured, ` +
      `${unmeasured} not seen singly); ${skipped} times of the grid skipped; longest overdue ${seconds(longestOverdueMs)}`,
  );
  if (stops > 0)
    console.log(
      `${halted.count} emergency stops: halted after p50 ${halted.p50} ms, p99 ${halted.p99} ms, at most ${halted.max} ms; ` +
        `${emergencies.failed.length} failed`,
    );
  for (const line of emergencies.failed.slice(0, 10)) console.log(`  ${line}`);
  console.log(`a user takes ${perUser.toFixed(2)} MB in the worker`);
  console.log('memory       after warm-up  at the end  change');
  for (const [name, one] of Object.entries(grown))
    console.log(
      one
        ? `${name.padEnd(13)}${megabytes(one.afterWarmUp).padEnd(15)}${megabytes(one.atEnd).padEnd(12)}${one.changePct.toFixed(1)} %`
        : `${name.padEnd(13)}not measured`,
    );
  const judged = minutes < JUDGE_MEMORY_FROM ? ` (not judged below ${JUDGE_MEMORY_FROM} minutes)` : '';
  console.log(`memory flat within ${FLAT_PCT} %: ${flat ? 'yes' : 'no'}${judged}`);
  for (const line of verdictLines(verdict)) console.log(line);
  for (const userId of notRunning) console.log(`  not running at the end: ${userId}`);
  for (const userId of notStopped) console.log(`  emergency stop not finished: ${userId}`);
  if (!punctual)
    console.log(`not punctual: cycles within ${LATE_MS} ms and halts within ${HALTED_MS} ms at p99 are the goal`);
  if (!small) console.log(`more than ${MB_PER_USER} MB a user`);
  const goals = passed ? '' : ', a goal was missed';
  console.log(held ? `every promise held${goals}` : 'A PROMISE WAS BROKEN');
  return passed;
}

/** Looks at cycles and memory until the time is up; the emergency stops are spread over it. */
async function watch(
  traders: readonly Trader[],
): Promise<{ memory: Memory; punctuality: Punctuality; emergencies: Stops }> {
  const database = await connectDatabase(product.runtime().mongodbUri, { migrate: false });
  const userIds = traders.map(({ userId }) => userId);
  const punctuality = createPunctuality(database, userIds, interval * 1_000);
  const memory: Memory = {};
  const began = Date.now();
  let nextMemory = 0;
  let nextWord = 5 * 60_000;
  // Whom the seed puts first; of the rest of a run, what two cores do decides.
  const order = shuffledPlan(traders, 1, createRandom(seed));
  const stopping = stopInTurn(product, order, { count: stops, withinMs: minutes * 60_000 });
  try {
    for (let passed = 0; passed < minutes * 60_000; passed = Date.now() - began) {
      await punctuality.look();
      if (passed >= nextMemory) {
        sampleMemory(product, passed / 1000, memory);
        nextMemory += MEMORY_EVERY;
      }
      if (passed >= nextWord) {
        const { lateness } = punctuality.figures;
        say(
          `${Math.round(passed / 60_000)} minutes, ${lateness.length} cycles, late by p99 ${summarize(lateness).p99} ms`,
        );
        nextWord += 5 * 60_000;
      }
      await pause(LOOK_EVERY);
    }
  } finally {
    await database.close();
  }
  return { memory, punctuality: punctuality.figures, emergencies: await stopping };
}

function megabytes(kilobytes: number): string {
  return `${(kilobytes / 1024).toFixed(0)} MB`;
}
