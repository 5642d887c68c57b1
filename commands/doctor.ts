/** Checks an installation, says what is wrong and how to mend it. Exit code 1 if anything is. */
import { type Check, checks } from '../launcher/doctor/checks.js';
import { argumentsOrExit } from '../adapters/commandLine.js';
import { loadSettings, type Settings, SettingsError } from '../adapters/settings.js';

const { json } = argumentsOrExit('npm run doctor [-- --json]', { json: { type: 'boolean' } }).values;

const results = await examine();
if (json)
  console.log(JSON.stringify({ ok: results.every((result) => result.state !== 'bad'), checks: results }, null, 2));
else results.forEach(print);
process.exit(results.some((result) => result.state === 'bad') ? 1 : 0);

async function examine(): Promise<Check[]> {
  let settings: Settings;
  try {
    settings = loadSettings();
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.problems.map((problem) => ({
      name: 'settings',
      state: 'bad',
      found: problem,
      fix: 'correct the variable in the environment or in .env',
    }));
  }
  return Promise.all(Object.entries(checks).map(([name, check]) => guarded(name, () => check(settings))));
}

async function guarded(name: string, check: () => Promise<Omit<Check, 'name'>>): Promise<Check> {
  try {
    return { name, ...(await check()) };
  } catch (error) {
    return { name, state: 'bad', found: (error as Error).message };
  }
}

function print({ name, state, found, fix }: Check): void {
  const mark = { good: '✓', note: '·', bad: '✗' }[state];
  console.log(`${mark} ${name.padEnd(18)} ${found}`);
  if (fix && state !== 'good') console.log(`  ${''.padEnd(18)} → ${fix}`);
}
