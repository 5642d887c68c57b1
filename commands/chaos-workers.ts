/**
 * `npm run chaos:workers -- [--users N] [--rounds N] [--cut SECONDS] [--interval S] [--json OUT]`: two workers on two
 * test hosts (network namespaces; without the rights for them, on this one). Each is replaced while everyone trades,
 * then both by a new release with an edit of the workflow, after one that does not fit was stopped by the replay; then
 * one is cut off for a minute, and what it did has to be taken over, once.
 */
import { writeFileSync } from 'node:fs';
import { compile } from '../launcher/lab.js';
import { pause } from '../launcher/processes.js';
import { broken } from './campaign/judge.js';
import { optionsOrExit } from './chaos/options.js';
import { say, seconds, verdictLines } from './chaos/report.js';
import { summarize } from './chaos/statistics.js';
import { judgeTraders, makeTraders, stopTraders } from './chaos/traders.js';
import { startFleet } from './workers/fleet.js';
import { busiest, cutOff, rollingChange, rollingRestart } from './workers/trial.js';

const { numbers, json } = optionsOrExit('chaos:workers', {
  users: { usual: 6, least: 1 },
  rounds: { usual: 2, least: 1 },
  cut: { usual: 60, least: 5 },
  interval: { usual: 5, least: 1 },
});
const { users, rounds, cut, interval } = numbers;

say('starting servers, API and two workers');
compile();
const fleet = await startFleet({ workers: 2, hosts: true });
let sound = false;
try {
  sound = await run();
} finally {
  await fleet.stop();
}
process.exit(sound ? 0 : 1);

async function run(): Promise<boolean> {
  const { product, workers, noHosts } = fleet;
  if (noHosts) say(`no test hosts here (${noHosts}): the worker is frozen (SIGSTOP) instead of cut off`);
  const traders = await makeTraders(product, users, interval);
  say(`${users} users trade every ${interval} s`);
  await pause(3 * interval * 1_000);
  say(`replacing each worker ${rounds} times`);
  const rolling = await rollingRestart(fleet, traders, { rounds, intervalMs: interval * 1_000 });
  const lateness = summarize(rolling.lateness);
  say('a new release, with positions open');
  const change = await rollingChange(fleet, traders, { intervalMs: interval * 1_000 });
  const cutOne = await busiest(fleet);
  say(`cutting ${cutOne.name} off for ${cut} s`);
  const { takenOverAfterMs, tasks } = await cutOff(fleet, cutOne, traders, { ms: cut * 1_000 });
  say('stopping everyone by emergency, selling what they hold');
  const notStopped = await stopTraders(product, traders);
  const verdict = await judgeTraders(product, traders);

  const taken = takenOverAfterMs.filter((ms) => ms !== null);
  const missed =
    rolling.skipped > users * rounds * workers.length ||
    change.skipped > users * workers.length ||
    // One time of the grid may be missed: the next one is not.
    Math.max(rolling.longestOverdueMs, change.longestOverdueMs) > 2 * interval * 1_000;
  const changed = change.incompatible.refused !== null && change.failedTasks === 0 && change.openPositions > 0;
  const takenOver = taken.length === users && tasks.during === 0;
  const held = broken(verdict) === 0 && notStopped.length === 0 && takenOver && changed;
  const cutBy = noHosts ? 'SIGSTOP' : 'network namespace';
  const { skipped, longestOverdueMs } = rolling;
  const rollingReport = { lateness, skipped, longestOverdueMs };
  const changeReport = { ...change, lateness: summarize(change.lateness) };
  const report = { users, interval, rounds, cut, cutBy, rolling: rollingReport, change: changeReport };
  const outage = { takenOverAfterMs, tasks };
  if (json) writeFileSync(json, `${JSON.stringify({ ...report, ...outage, notStopped, held, ...verdict }, null, 2)}\n`);

  console.log(
    `\nrolling restart: ${rounds * workers.length} replacements, ${lateness.count} cycles measured; late by p50 ${lateness.p50} ms, ` +
      `p99 ${lateness.p99} ms, at most ${lateness.max} ms; ${skipped} times of the grid skipped; longest overdue ${seconds(longestOverdueMs)}`,
  );
  const late = summarize(change.lateness);
  console.log(
    `new release with ${change.openPositions} open positions: the edit that does not fit was ${change.incompatible.refused ?? 'NOT REFUSED'} ` +
      `in ${change.incompatible.histories} histories; the one that fits replayed in ${change.compatible.histories} and was rolled out: ` +
      `late by p50 ${late.p50} ms, at most ${late.max} ms; ${change.skipped} times of the grid skipped; longest overdue ` +
      `${seconds(change.longestOverdueMs)}; ${change.failedTasks} failed tasks`,
  );
  if (missed) console.log('  more than one time a user and replacement was missed');
  const { p50, max } = summarize(taken);
  console.log(
    `cut off for ${cut} s (${cutBy}): ${taken.length} of ${users} users went on with the other worker, after p50 ${seconds(p50)}, ` +
      `at most ${seconds(max)}; tasks of the one cut off: ${tasks.before} before, ${tasks.during} during, ${tasks.after} after`,
  );
  for (const line of verdictLines(verdict)) console.log(line);
  for (const userId of notStopped) console.log(`  emergency stop not finished: ${userId}`);
  console.log(held && !missed ? 'every promise held' : 'A PROMISE WAS BROKEN');
  return held && !missed;
}
