/** Schemathesis: found on the PATH, or installed by pip into a temporary folder; and one run of it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../adapters/paths.js';
import { findOnPath } from '../../launcher/resolve/on-path.js';
import { lastLine, run } from '../../launcher/resolve/run.js';
import { temporaryFolder } from '../../launcher/temporary-folder.js';
import type { Party } from './parties.js';

const VERSION = '4.32.5';
const INSTALLED_WITHIN = 300_000;
/** An emergency stop answers after 10 s at the latest, every handler after 15. */
const ANSWER_WITHIN_S = 16;

export interface Schemathesis {
  command: string;
  version: string;
  remove(): void;
}

/** @throws Error with pip's reason where there is none and none can be installed */
export async function findSchemathesis(say: (line: string) => void): Promise<Schemathesis> {
  for (const command of findOnPath('schemathesis', process.env)) {
    const { code, output } = await run(command, ['--version'], { timeout: 30_000, env: process.env });
    if (code === 0) return { command, version: lastLine(output), remove: () => undefined };
  }
  const python = ['python3', 'python'].flatMap((name) => findOnPath(name, process.env))[0];
  if (!python) throw new Error('there is no python3 on the PATH: install Python 3.11, or schemathesis itself');
  say(`installing schemathesis ${VERSION} into a temporary folder`);
  const folder = temporaryFolder('schemathesis');
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `schemathesis==${VERSION}`];
  for (const [command, args] of [
    [python, ['-m', 'venv', folder.path]],
    [join(folder.path, 'bin', 'python'), pip],
  ] as const) {
    const { code, output } = await run(command, [...args], { timeout: INSTALLED_WITHIN, env: process.env });
    if (code === 0) continue;
    folder.remove();
    throw new Error(`schemathesis could not be installed: ${lastLine(output)}`);
  }
  return {
    command: join(folder.path, 'bin', 'schemathesis'),
    version: `schemathesis ${VERSION}`,
    remove: folder.remove,
  };
}

export interface Findings {
  party: string;
  cases: number;
  /** A line each: route, what was wrong, and how it was asked. */
  failures: string[];
}

/** What is judged; valid data that is refused for a reason no schema can tell (a wrong code) is not. */
const CHECKS = [
  ...['not_a_server_error', 'status_code_conformance', 'content_type_conformance', 'response_headers_conformance'],
  ...['response_schema_conformance', 'negative_data_rejection', 'unsupported_method', 'allow_header_conformance'],
  ...['ignored_auth', 'use_after_free', 'explicit_status', 'nothing_of_others'],
].join(',');

export async function fuzzOnce(
  { command }: Schemathesis,
  options: {
    party: Party;
    url: string;
    folder: string;
    seed: number;
    cases: number;
    phases: string;
    timeoutMs: number;
  },
): Promise<Findings> {
  const { party, url, folder, seed, cases, phases, timeoutMs } = options;
  mkdirSync(folder, { recursive: true });
  const known = join(folder, 'known.json');
  writeFileSync(known, JSON.stringify({ ...party, url }));
  const args = [
    ...[
      'run',
      `${url}/api/openapi.json`,
      '--workers',
      '1',
      '--continue-on-failure',
      '--no-shrink',
      '--max-failures',
      '40',
    ],
    ...['--seed', String(seed), '--max-examples', String(cases), '--phases', phases, '--checks', CHECKS],
    ...['--request-timeout', '20', '--max-response-time', String(ANSWER_WITHIN_S)],
    ...['--mode', party.substitute ? 'positive' : 'all', '--suppress-health-check', 'all', '--warnings', 'off'],
    ...['--exclude-path', '/api/stream'],
    ...party.leaveOut.flatMap((path) => ['--exclude-path', path]),
  ];
  const hooks = join(projectRoot(), 'commands', 'fuzz', 'hooks.py');
  const env = { ...process.env, FUZZ_KNOWN: known, SCHEMATHESIS_HOOKS: hooks, NO_COLOR: '1', COLUMNS: '200' };
  const { code, output, timedOut } = await run(command, args, { timeout: timeoutMs, env, cwd: folder });
  const made = Number(/(\d+) generated/.exec(output)?.[1] ?? 0);
  const failures = timedOut ? [`${party.name}: schemathesis did not end`] : failuresOf(party.name, output);
  if (code !== 0 && failures.length === 0)
    failures.push(`${party.name}: schemathesis ended with ${code}: ${lastLine(output)}`);
  return { party: party.name, cases: made, failures };
}

/** From the report that is printed: a heading for each route, then numbered findings with a command to repeat each. */
function failuresOf(party: string, output: string): string[] {
  const [, text = ''] = output.split(/^=+ (?:FAILURES|ERRORS) =+$/m);
  return text
    .split(/^_+ (?=[A-Z])/m)
    .slice(1)
    .map(
      (section) =>
        `${party}: ${section
          .split(/^=+ /m)[0]!
          .replace(/\s*_+\n/, ': ')
          .replace(/\s+/g, ' ')
          .slice(0, 1_500)}`,
    );
}
