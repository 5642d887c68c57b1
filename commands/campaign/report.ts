import type { Verdict } from './judge.js';
import type { CampaignReport } from './run.js';

const WHAT = {
  doubled: 'doubled',
  lost: 'lost',
  unknownToUs: 'orders unknown to us',
  foreignTouched: 'foreign orders touched',
  booksDiffer: 'trades other than books',
  balanceDiffers: 'balances other than trades',
  unfinished: 'unfinished',
  afterEmergency: 'bought after an emergency',
  unprotected: 'unprotected over 10 s',
} satisfies Partial<Record<keyof Verdict, string>>;

const counts = (of: Record<string, number>): string =>
  Object.entries(of)
    .sort()
    .map(([name, count]) => `${name} ${count}`)
    .join(', ') || 'none';
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** A campaign's figures for people. */
export function reportLines(report: CampaignReport): string[] {
  const { workerKills, serverKills } = report;
  const lines = [
    '',
    `seed ${report.seed}: ${report.intents} intents, ${report.executedOrders} executed orders of ${report.users} users in ${report.rounds} rounds, ${report.seconds} s, fence ${report.fence ? 'on' : 'OFF'}`,
    `kills of ${report.workers} workers: ${workerKills.byCampaign} at random, ${workerKills.atCrashPoints} at crash points (${counts(workerKills.atPoint)})`,
    `kills of servers: ${counts(serverKills)}; emergencies with a receipt: ${report.emergencies}`,
  ];
  if (Object.keys(report.proxyFaults).length > 0) lines.push(`faults of the proxy: ${counts(report.proxyFaults)}`);
  for (const [key, name] of Object.entries(WHAT))
    lines.push(`${name.padEnd(27)}${report[key as keyof typeof WHAT].length}`);
  lines.push(
    `longest without protection ${seconds(report.unprotectedLongestMs)} of everything up, ${seconds(report.unprotectedLongestWallMs)} by the wall`,
  );
  for (const [kills, { holdings, longestMs }] of Object.entries(report.unprotectedByKills))
    lines.push(`  over ${kills} kills: ${holdings} holdings, ${seconds(longestMs)} at most`);
  const { median, longest } = report.workerStartMs;
  lines.push(`a worker's start took ${seconds(median)} (median), ${seconds(longest)} at most`);
  for (const key of Object.keys(WHAT) as (keyof typeof WHAT)[])
    for (const line of report[key].slice(0, 10)) lines.push(`  ${key}: ${line}`);
  if (!report.finished) lines.push('not every user finished within the time limit');
  return lines;
}
