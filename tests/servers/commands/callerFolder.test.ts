import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../../adapters/paths.js';
import { temporaryFolder } from '../../support/folders.js';

const SAMPLE = 'data/BTCUSDT-1m-2024-07-26_08-25.csv.gz';
const folder = temporaryFolder('caller');
/** Where the command is called: a folder in one that has nothing to do with the package. */
const caller = join(folder.path, 'mine');
mkdirSync(join(caller, 'f'), { recursive: true });
const header = 'timestamp,open,high,low,close,volume';
const rows = Array.from({ length: 60 }, (_, i) => `${1_700_000_040_000 + i * 60_000},10,12,9,11,5`);
writeFileSync(join(caller, 'f', 'a.csv'), [header, ...rows].join('\n'));
afterAll(() => folder.remove());

/** Calls `npm run …` from that folder, as somebody does who works with files of their own. */
function call(command: string, ...args: string[]) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|INIT_CWD|NODE_)/i.test(name)));
  const run = ['--silent', '--prefix', projectRoot(), 'run', command, '--', ...args];
  const { status, stdout, stderr } = spawnSync('npm', run, { cwd: caller, env, encoding: 'utf8' });
  return { status, said: `${stdout}${stderr}` };
}

test('files of a command are those of the folder in which it was called', () => {
  expect(call('indicators', '--data', 'f/a.csv', '--out=o.csv')).toMatchObject({ status: 0 });
  expect(existsSync(join(caller, 'o.csv'))).toBe(true);
  const backtest = call('backtest', '--data', 'f/a.csv', '--strategy', 'sma-cross', '--json', 'f/rel.json');
  expect(backtest).toMatchObject({ status: 0 });
  expect(existsSync(join(caller, 'f', 'rel.json'))).toBe(true);
  expect(existsSync(join(projectRoot(), 'f'))).toBe(false);
});

test('a file that only the package has is still taken from there', () => {
  expect(call('indicators', '--data', SAMPLE, '--out', 'sample.csv')).toMatchObject({ status: 0 });
  expect(existsSync(join(caller, 'sample.csv'))).toBe(true);
});

test('one that is nowhere is named by where it was looked for', () => {
  const { status, said } = call('indicators', '--data', 'none.csv', '--out', 'o.csv');
  expect(status).toBe(1);
  expect(said).toContain(join(caller, 'none.csv'));
});

test('a store of candles is made where it was called, and DATA_DIR stays with the package', () => {
  const made = call('candles', 'import', '--data', 'f/a.csv', '--symbol', 'XRP/USDT', '--dir', 'store');
  expect(made).toMatchObject({ status: 0 });
  expect(existsSync(join(caller, 'store', 'XRP-USDT_1m.candles'))).toBe(true);
  const name = `.data-caller-${process.pid}`;
  process.env['DATA_DIR'] = name;
  try {
    expect(call('candles', 'import', '--data', 'f/a.csv', '--symbol', 'XRP/USDT')).toMatchObject({ status: 0 });
    expect(existsSync(join(projectRoot(), name, 'candles', 'XRP-USDT_1m.candles'))).toBe(true);
  } finally {
    delete process.env['DATA_DIR'];
    rmSync(join(projectRoot(), name), { recursive: true, force: true });
  }
});
