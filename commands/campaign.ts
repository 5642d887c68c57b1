/** `npm run campaign -- [--users N] [--rounds N] [--kills N] [--seed N] [--minutes N] [--fence off] [--json OUT]` */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { buildWorkflowsOnce } from './campaign/build.js';
import { broken } from './campaign/judge.js';
import { runCampaign } from './campaign/run.js';

const { values } = parseArgs({
  options: {
    users: { type: 'string', default: '40' },
    rounds: { type: 'string', default: '85' },
    kills: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '40' },
    fence: { type: 'string', default: 'on' },
    servers: { type: 'string', default: 'on' },
    json: { type: 'string' },
  },
});

const whole = (name: 'users' | 'rounds' | 'kills' | 'seed' | 'minutes', least: number): number => {
  const value = Number(values[name]);
  if (!Number.isInteger(value) || value < least) {
    console.error(`--${name} ${values[name]}: give a whole number from ${least} on`);
    process.exit(2);
  }
  return value;
};

await buildWorkflowsOnce();
const report = await runCampaign({
  users: whole('users', 1),
  rounds: whole('rounds', 1),
  kills: whole('kills', 0),
  seed: whole('seed', 0),
  fence: values.fence !== 'off',
  servers: values.servers !== 'off',
  limitMs: whole('minutes', 1) * 60_000,
  say: (line) => console.log(`${new Date().toISOString().slice(11, 19)}  ${line}`),
});
if (values.json) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);

const { intents, executedOrders, doubled, lost, unknownToUs, foreignTouched, booksDiffer, balanceDiffers, unfinished } =
  report;
console.log(`
seed ${report.seed}: ${intents} intents, ${executedOrders} executed orders, ${report.seconds} s
kills of the worker: ${report.workerKills.byCampaign} at random, ${report.workerKills.atCrashPoints} at crash points; of servers: ${report.serverKills}
doubled                    ${doubled.length}
lost                       ${lost.length}
orders unknown to us       ${unknownToUs.length}
foreign orders touched     ${foreignTouched.length}
trades other than books    ${booksDiffer.length}
balances other than trades ${balanceDiffers.length}
unfinished                 ${unfinished.length}
longest without protection ${(report.unprotectedLongestMs / 1000).toFixed(1)} s (exchange and worker up)`);
for (const [what, list] of Object.entries({
  doubled,
  lost,
  unknownToUs,
  foreignTouched,
  booksDiffer,
  balanceDiffers,
  unfinished,
}))
  for (const line of list.slice(0, 10)) console.log(`  ${what}: ${line}`);
if (!report.finished) console.log('not every user finished within the time limit');
process.exit(broken(report) > 0 || !report.finished ? 1 : 0);
