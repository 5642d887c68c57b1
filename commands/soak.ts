/** `npm run soak -- [--users N] [--minutes M] [--speed X] [--interval S] [--json OUT]`: many users for a long time. */
import { writeFileSync } from 'node:fs';
import { connectDatabase } from '../adapters/database/connect.js';
import { pause } from '../launcher/processes.js';
import { broken } from './campaign/judge.js';
import { type Memory, sampleMemory } from './chaos/memory.js';
import { optionsOrExit } from './chaos/options.js';
import { keepLogs, startProduct } from './chaos/product.js';
import { createPunctuality } from './chaos/punctuality.js';
import { say, seconds, verdictLines } from './chaos/report.js';
import { growth, summarize } from './chaos/statistics.js';
import { judgeTraders, makeTraders, statusOf, stopTraders, type Trader } from './chaos/traders.js';

const { numbers, json } = optionsOrExit({
  users: { usual: 50, least: 1 },
  minutes: { usual: 70, least: 1 },
  speed: { usual: 150, least: 1, whole: false },
  interval: { usual: 2, least: 1 },
});
const { users, minutes, speed, interval } = numbers;

/** Memory may change by this between the end of the warm-up and the end, percent. */
const FLAT_PCT = 5;
/** Shorter runs are all warm-up: their memory is shown but breaks nothing. */
const JUDGE_MEMORY_FROM = 30; // minutes

const LOOK_EVERY = 500;
const MEMORY_EVERY = 5_000;

say('starting the product');
const product = await startProduct({ SIM_SPEED: String(speed), SIM_WEIGHT_LIMIT: '1000000' });
let sound = false;
try {
  sound = await run();
} finally {
  if (!sound) say(`logs are kept in ${keepLogs(product)}`);
  await product.stop();
}
process.exit(sound ? 0 : 1);

async function run(): Promise<boolean> {
  const traders = await makeTraders(product, users, interval);
  say(`${users} users trade every ${interval} s for ${minutes} minutes, market at ${speed} times real time`);
  const { memory, punctuality } = await watch(traders);
  const statuses = await Promise.all(traders.map((trader) => statusOf(product, trader)));
  const notRunning = traders.filter((_, index) => statuses[index]?.status !== 'RUNNING').map(({ userId }) => userId);
  say('stopping everyone by emergency, selling what they hold');
  const notStopped = await stopTraders(product, traders);
  const verdict = await judgeTraders(product, traders);

  const grown = Object.fromEntries(Object.entries(memory).map(([name, samples]) => [name, growth(samples)]));
  const flat = Object.values(grown).every((one) => one !== null && one.changePct <= FLAT_PCT);
  const lateness = summarize(punctuality.lateness);
  const { skipped, unmeasured, longestOverdueMs } = punctuality;
  const cycles = statuses.reduce((sum, { cycle }) => sum + cycle, 0);
  const held = broken(verdict) === 0 && notRunning.length === 0 && notStopped.length === 0;
  const passed = held && (flat || minutes < JUDGE_MEMORY_FROM);
  const setup = { users, minutes, speed, interval };
  const timing = { cycles, lateness, skipped, unmeasured, longestOverdueMs };
  const report = {
    ...setup,
    ...timing,
    memory: grown,
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
  console.log(passed ? 'every promise held' : 'A PROMISE WAS BROKEN');
  return passed;
}

/** Looks at cycles and memory until the time is up. */
async function watch(traders: readonly Trader[]) {
  const database = await connectDatabase(product.runtime().mongodbUri, { migrate: false });
  const userIds = traders.map(({ userId }) => userId);
  const punctuality = createPunctuality(database, userIds, interval * 1_000);
  const memory: Memory = {};
  const began = Date.now();
  let nextMemory = 0;
  let nextWord = 5 * 60_000;
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
  return { memory, punctuality: punctuality.figures };
}

function megabytes(kilobytes: number): string {
  return `${(kilobytes / 1024).toFixed(0)} MB`;
}
