import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mongodbSpec } from '../../../launcher/servers/mongodb.js';
import { temporalSpec } from '../../../launcher/servers/temporal.js';
import { temporaryFolder } from '../../support/folders.js';

const folder = temporaryFolder('environment');
const before = { ...process.env };
const SECRETS = ['MASTER_KEY', 'TEMPORAL_CODEC_KEY', 'ADMIN_PASSWORD', 'SMTP_URL', 'ANALYST_API_KEY'];
beforeAll(() => {
  for (const name of SECRETS) process.env[name] = 'told-to-the-product-alone';
  process.env['HTTPS_PROXY'] = 'http://127.0.0.1:9';
});
afterAll(() => {
  process.env = before;
  folder.remove();
});

test('programs of others are told no secret of ours', () => {
  const program = { flavour: 'mongod', origin: 'path', command: '/usr/bin/true', env: { PYTHONPATH: '/lib' } } as const;
  const place = { dataDir: folder.path, port: 1, uiPort: 2, namespace: 'default' };
  for (const { env } of [mongodbSpec(program, folder.path, 3), temporalSpec(program, place)]) {
    expect(Object.values(env)).not.toContain('told-to-the-product-alone');
    expect(env).toMatchObject({ PYTHONPATH: '/lib', HTTPS_PROXY: 'http://127.0.0.1:9' });
  }
});
