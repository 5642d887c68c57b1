import { writeFileSync } from 'node:fs';
import { buildWorkflowsOnce } from './campaign/build.js';
import { DOUBLING_MIX, FAULT_MIX } from './campaign/faults.js';
import { broken } from './campaign/judge.js';
import { reportLines } from './campaign/report.js';
import { runCampaign } from './campaign/run.js';
import { argumentsOrExit } from './usage.js';

const USAGE = `npm run campaign -- [--users 16] [--rounds 320] [--workers 2] [--kills 200] [--every SECONDS] [--crash P]
  [--emergencies 6] [--seed 1] [--minutes 60] [--fence off] [--servers off] [--faults mix|doubling|none] [--proxy PATH]
  [--json OUT]

Orders under faults and kills of every process, judged by the exchange's own ledger; bounded, seeded. See docs/campaign.md.`;

const { values } = argumentsOrExit(USAGE, {
  users: { type: 'string', default: '16' },
  rounds: { type: 'string', default: '320' },
  workers: { type: 'string', default: '2' },
  kills: { type: 'string', default: '200' },
  every: { type: 'string', default: '16' },
  crash: { type: 'string', default: '0.0015' },
  emergencies: { type: 'string', default: '6' },
  seed: { type: 'string', default: '1' },
  minutes: { type: 'string', default: '60' },
  fence: { type: 'string', default: 'on' },
  servers: { type: 'string', default: 'on' },
  faults: { type: 'string', default: 'mix' },
  proxy: { type: 'string' },
  json: { type: 'string' },
});

const FAULTS: Record<string, object[]> = { mix: FAULT_MIX, doubling: DOUBLING_MIX, none: [] };

function wrong(name: string, right: string): never {
  console.error(`--${name} ${String(values[name as keyof typeof values])}: ${right}`);
  process.exit(2);
}

type Count = 'users' | 'rounds' | 'workers' | 'kills' | 'emergencies' | 'seed' | 'minutes';
function whole(name: Count, least: number): number {
  const value = Number(values[name]);
  return Number.isInteger(value) && value >= least ? value : wrong(name, `give a whole number from ${least} on`);
}

function number(name: 'every' | 'crash', least: number, most: number): number {
  const value = Number(values[name]);
  return value >= least && value <= most ? value : wrong(name, `give a number from ${least} to ${most}`);
}

const faults = FAULTS[values.faults] ?? wrong('faults', `give one of ${Object.keys(FAULTS).join(', ')}`);
await buildWorkflowsOnce();
const report = await runCampaign({
  users: whole('users', 1),
  rounds: whole('rounds', 1),
  workers: whole('workers', 1),
  kills: whole('kills', 0),
  everyMs: number('every', 0.5, 3600) * 1000,
  crash: number('crash', 0, 1),
  emergencies: whole('emergencies', 0),
  seed: whole('seed', 0),
  fence: values.fence !== 'off',
  servers: values.servers === 'off' ? [] : ['mongodb', 'simulator', 'temporal'],
  faults,
  proxy: values.proxy,
  limitMs: whole('minutes', 1) * 60_000,
  say: (line) => console.log(`${new Date().toISOString().slice(11, 19)}  ${line}`),
});
if (values.json) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
for (const line of reportLines(report)) console.log(line);
process.exit(broken(report) > 0 || !report.finished ? 1 : 0);
