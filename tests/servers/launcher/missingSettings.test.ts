import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { projectRoot } from '../../../adapters/paths.js';

interface Ended {
  code: unknown;
  said: string[];
}

/** An entry with nothing but these variables; an empty one overrides what an `.env` file may say. */
const run = (entry: string, variables: Record<string, string>): Promise<Ended> =>
  new Promise((resolve) => {
    const env = { PATH: process.env['PATH'], MONGODB_URI: '', TEMPORAL_ADDRESS: '', ...variables };
    const file = join(projectRoot(), 'dist', ...entry.split('/'));
    execFile(process.execPath, [file], { env, timeout: 60_000 }, (error, _, said) =>
      resolve({ code: error?.code ?? 0, said: said.trim().split('\n') }),
    );
  });

describe.each(['worker/main.js', 'api/main.js', 'commands/worker-health.js'])('%s', (entry) => {
  const noDatabase = expect.stringMatching(/^MONGODB_URI: not set; /);
  const noTemporal = expect.stringMatching(/^TEMPORAL_ADDRESS: not set; /);

  test('ends with 2 and a line for each address that is missing', async () => {
    expect(await run(entry, {})).toEqual({ code: 2, said: [noDatabase, noTemporal] });
    const MONGODB_URI = 'mongodb://127.0.0.1:1/crypto';
    expect(await run(entry, { MONGODB_URI })).toEqual({ code: 2, said: [noTemporal] });
    expect(await run(entry, { TEMPORAL_ADDRESS: '127.0.0.1:1' })).toEqual({ code: 2, said: [noDatabase] });
  });
});
