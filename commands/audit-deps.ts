/**
 * Asks the registry for known weaknesses of what is shipped. Exit code 0: none, 1: some, 3: the
 * registry could not be asked, so nothing is known.
 */
import { readAudit } from './dependencies/audit.js';
import { npm } from './dependencies/npm.js';
import { argumentsOrExit } from './usage.js';

argumentsOrExit('npm run audit:deps: what is known against the packages that are shipped', {});

const LIMIT = 60_000;

const args = ['audit', '--omit=dev', '--json', '--fetch-retries=0', '--fetch-timeout=10000'];
const { code, stdout, stderr } = await npm(args, LIMIT);
const result = readAudit(code === null ? `no answer within ${LIMIT / 1000} s` : stdout || stderr);
if (result.kind === 'clean') console.log(`no known weakness in ${result.packages} packages`);
else if (result.kind === 'unknown') {
  console.error(`NOT CHECKED: the registry gives no answer about weaknesses: ${result.reason}`);
  console.error('Run it where the registry answers `npm audit`; until then nothing is known.');
  process.exitCode = 3;
} else {
  for (const { name, severity, titles, fix } of result.findings)
    console.log(`${severity.padEnd(10)} ${name}: ${titles.join('; ')} (fix: ${fix})`);
  process.exitCode = 1;
}
