import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../../../adapters/paths.js';
import { loadSettings } from '../../../adapters/settings.js';
import { dataDir, disk, masterKey, node, port, signInPolicy } from '../../../launcher/doctor/machine.js';
import { compile } from '../../support/servers.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'ctp-doctor-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const settings = (env: Record<string, string> = {}) => loadSettings({ DATA_DIR: folder, ...env });

describe('the doctor', () => {
  test('finds this machine good, and leaves nothing behind', async () => {
    for (const check of [node, dataDir, disk, masterKey])
      expect(await check(settings())).toMatchObject({ state: 'good' });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('tries to write the data directory, because rights alone tell the administrator nothing', async () => {
    // A path where nobody can make a folder, whatever the rights say.
    const found = await dataDir({ ...settings(), dataDir: join('/dev/fd', 'nothing', 'here') });
    expect(found).toMatchObject({ state: 'bad', fix: expect.stringContaining('DATA_DIR') as string });
    expect(found.found).toMatch(/cannot be written: E[A-Z]+/);
  });

  test('finds a master key that others may read', async () => {
    const path = join(folder, 'master.key');
    writeFileSync(path, 'k'.repeat(40), { mode: 0o644 });
    expect(await masterKey(settings())).toMatchObject({ state: 'bad', fix: `chmod 600 ${path}` });
    chmodSync(path, 0o600);
    expect(await masterKey(settings())).toMatchObject({ state: 'note', found: path });
  });

  test('warns of the basic sign-in policy where users come from elsewhere, and says which one holds', async () => {
    const found = (env: Record<string, string>) => signInPolicy(settings(env));
    const elsewhere = { PUBLIC_URL: 'https://trader.example.org' };
    expect(await found({})).toEqual({ state: 'good', found: expect.stringMatching(/^basic: /) });
    for (const url of [
      'https://localhost:3000',
      'https://127.0.0.1',
      'https://[::1]:3000',
      'http://trader.example.org',
    ])
      expect([url, await found({ PUBLIC_URL: url })]).toEqual([url, expect.objectContaining({ state: 'good' })]);
    expect(await found(elsewhere)).toMatchObject({
      state: 'note',
      fix: expect.stringContaining('SIGN_IN_POLICY=strict') as string,
    });
    expect(await found({ ...elsewhere, SIGN_IN_POLICY: 'strict' })).toMatchObject({
      state: 'good',
      found: expect.stringMatching(/^strict: /),
    });
  });

  test('finds a port that was asked for and is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const taken = String((other.address() as AddressInfo).port);
    expect(await port(settings({ PORT: taken }))).toMatchObject({ state: 'bad' });
    await new Promise((resolve) => other.close(resolve));
    expect(await port(settings({ PORT: taken }))).toMatchObject({ state: 'good' });
  });
});

describe('npm run doctor', () => {
  const doctor = async (args: string[], env: Record<string, string>) => {
    compile();
    const entry = join(projectRoot(), 'dist', 'commands', 'doctor.js');
    const options = { env: { PATH: process.env['PATH'] ?? '', DATA_DIR: folder, ...env } };
    return promisify(execFile)(process.execPath, [entry, ...args], options).then(
      ({ stdout }) => ({ code: 0, stdout, stderr: '' }),
      (error: { code: number; stdout: string; stderr: string }) => error,
    );
  };

  test('says as JSON what is wrong, ends with 1, and names every server that does not answer', async () => {
    const nowhere = '127.0.0.1:9';
    const { code, stdout } = await doctor(['--json'], {
      TEMPORAL_ADDRESS: nowhere,
      MONGODB_URI: `mongodb://user:secret-word@${nowhere}/x?serverSelectionTimeoutMS=500`,
      EXCHANGE_URL: `http://${nowhere}`,
    });
    const { ok, checks } = JSON.parse(stdout) as {
      ok: boolean;
      checks: { name: string; state: string; found: string }[];
    };
    expect([code, ok]).toEqual([1, false]);
    const bad = checks.filter(({ state }) => state === 'bad').map(({ name }) => name);
    expect(bad).toEqual(expect.arrayContaining(['Temporal', 'database', 'exchange']));
    expect(stdout).not.toContain('secret-word');
    expect(existsSync(join(folder, 'master.key'))).toBe(false);
  }, 60_000);

  test('names a wrong setting, and an argument that it does not know', async () => {
    const wrong = await doctor([], { PORT: 'many' });
    expect([wrong.code, wrong.stdout]).toEqual([1, expect.stringMatching(/✗ settings +PORT: .*whole number/)]);
    expect(await doctor(['--help-me'], {})).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("Unknown option '--help-me'") as string,
    });
  }, 60_000);
});
