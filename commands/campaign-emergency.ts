import { writeFileSync } from 'node:fs';
import { buildWorkflowsOnce } from './campaign/build.js';
import { killInEmergencies } from './campaign/emergencyKills.js';
import { broken } from './campaign/judge.js';
import { numberOption, readArguments, runCommand } from './usage.js';

const USAGE =
  'npm run campaign:emergency -- [--users 4] [--kills 50] [--seed 1] [--minutes 30] [--json OUT]: kills workers in the middle of emergency stops';

/** The promise that is judged: the last receipt this soon after the last worker's return. */
const PROMISED_MS = 20_000;

await runCommand(async () => {
  const { values } = readArguments(USAGE, {
    users: { type: 'string' },
    kills: { type: 'string' },
    seed: { type: 'string' },
    minutes: { type: 'string' },
    json: { type: 'string' },
  });
  const whole = (name: 'users' | 'kills' | 'seed' | 'minutes', fallback: number, max: number): number =>
    numberOption(name, values[name], fallback, { min: name === 'seed' ? 0 : 1, max, integer: true });
  await buildWorkflowsOnce();
  const report = await killInEmergencies({
    users: whole('users', 4, 100),
    kills: whole('kills', 50, 10_000),
    seed: whole('seed', 1, 2 ** 31),
    limitMs: whole('minutes', 30, 1_440) * 60_000,
    say: (line) => console.log(`${new Date().toISOString().slice(11, 19)}  ${line}`),
  });
  if (values.json) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
  const slowest = Math.max(...report.finishedAfterReturnMs);
  const { killsAt, wrong, finishedAfterReturnMs, ...rest } = report;
  console.log(`${report.kills} kills in ${report.emergencies} emergencies, seed ${report.seed}, ${report.seconds} s`);
  for (const [step, count] of Object.entries(killsAt)) console.log(`  ${String(count).padStart(3)} at ${step}`);
  console.log(`finished after the last return: ${finishedAfterReturnMs.join(', ')} ms`);
  for (const [name, found] of Object.entries({ ...rest, wrong }))
    if (Array.isArray(found))
      console.log(`${name}: ${found.length}${found.length > 0 ? `\n  ${found.join('\n  ')}` : ''}`);
  process.exitCode = broken(report) + wrong.length > 0 || slowest > PROMISED_MS ? 1 : 0;
});
process.exit();
