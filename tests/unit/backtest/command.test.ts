import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const command = fileURLToPath(new URL('../../../dist/commands/backtest.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'backtest-command-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Called {
  code: number;
  out: string;
  said: string;
}

const call = (...args: string[]): Promise<Called> =>
  new Promise((resolve) =>
    execFile(process.execPath, [command, ...args], (error, out, said) =>
      resolve({ code: error ? Number(error.code) : 0, out, said }),
    ),
  );

const MINUTE = 60_000;
/** 29 candles at 100, one below, one above: the averages cross at the 31st; the entry is the one after it. */
const LEAD = [...Array.from({ length: 29 }, () => '100,100,100,100,1'), '100,100,99,99,1', '99,104,99,104,1'];

function file(name: string, rows: string[], first = 0): string {
  const path = join(folder, name);
  const lines = rows.map((row, index) => `${first + index * MINUTE},${row}`);
  writeFileSync(path, ['timestamp,open,high,low,close,volume', ...lines].join('\n'));
  return path;
}

describe('npm run backtest as the contract has it', () => {
  test('writes the document, from whatever time in 1970 or later the candles are', async () => {
    const data = file('edge.csv', [...LEAD, '100,100.5,98.5,100,1', '100,100,100,100,1']);
    const json = join(folder, 'out.json');
    const { code } = await call('--data', data, '--strategy', 'sma-cross', '--json', json);
    expect(code).toBe(0);
    const report = JSON.parse(readFileSync(json, 'utf8')) as Record<string, unknown>;
    const quantity = 10_000 / (100 * 1.001);
    expect(report).toMatchObject({
      strategy: 'sma-cross',
      params: { fast: 10, slow: 30 },
      candles: 33,
      seconds: expect.any(Number),
      finalEquity: expect.closeTo(quantity * 99 * 0.999, 9),
      metrics: { totalReturnPct: expect.any(Number) },
      trades: [
        {
          entryTime: '1970-01-01T00:31:00.000Z',
          entryPrice: 100,
          exitTime: '1970-01-01T00:31:00.000Z',
          exitPrice: 99,
          quantity: expect.closeTo(quantity, 9),
          pnl: expect.closeTo(quantity * 99 * 0.999 - 10_000, 9),
          exitReason: 'stop',
        },
      ],
    });
  });

  test('takes what the candles before --from would tell only where --warm-up asks for it', async () => {
    const data = file('long.csv', [...LEAD, ...Array.from({ length: 40 }, () => '104,104,104,104,1')]);
    const from = new Date(30 * MINUTE).toISOString();
    const run = async (...args: string[]) => {
      const json = join(folder, 'from.json');
      await call('--data', data, '--strategy', 'sma-cross', '--from', from, '--json', json, ...args);
      return JSON.parse(readFileSync(json, 'utf8')) as { candles: number; trades: object[] };
    };
    expect(await run()).toMatchObject({ candles: 41, trades: [] });
    expect((await run('--warm-up', '30')).trades).toMatchObject([{ entryTime: '1970-01-01T00:31:00.000Z' }]);
  });

  test.each<[string, string[], number, RegExp]>([
    ['no strategy', [], 2, /--strategy is missing; there are trend, .*sma-cross/],
    ['an unknown strategy', ['--strategy', 'magic'], 2, /there is no strategy "magic"/],
    [
      'an unknown parameter',
      ['--strategy', 'sma-cross', '--param', 'quick=5'],
      2,
      /has no parameter "quick"; it has fast, slow/,
    ],
    ['a parameter without a number', ['--strategy', 'sma-cross', '--param', 'fast'], 2, /--param needs name=number/],
    [
      'averages the wrong way round',
      ['--strategy', 'sma-cross', '--param', 'fast=30'],
      2,
      /fast \(30\) must be below slow/,
    ],
    ['an unknown option', ['--strategy', 'sma-cross', '--speed', '9'], 2, /Unknown option '--speed'/],
    [
      'a span without candles',
      ['--strategy', 'sma-cross', '--from', '2030-01-01'],
      2,
      /no candles between --from and --to/,
    ],
    [
      'detail candles, which the plain rules do not look at',
      ['--strategy', 'sma-cross', '--detail', 'fine.csv'],
      2,
      /--detail needs --rules live: the plain rules look at the candles of --data only/,
    ],
    [
      'a smallest order, which the plain rules do not have',
      ['--strategy', 'sma-cross', '--min-notional', '5'],
      2,
      /--min-notional needs --rules live: the plain rules have no filters/,
    ],
    [
      'a report that cannot be written',
      ['--strategy', 'sma-cross', '--json', '/no/such/folder/x'],
      1,
      /--json .* cannot be written/,
    ],
  ])('says in one line what is wrong with %s', async (_name, args, code, message) => {
    const told = await call('--data', file('fine.csv', [...LEAD, ...LEAD]), ...args);
    expect(told.code).toBe(code);
    expect(told.said).toMatch(message);
    expect(told.said.trim().split('\n')).toHaveLength(1);
  });

  test('says that times look like seconds, and on which line a file is wrong', async () => {
    const seconds = join(folder, 'seconds.csv');
    const rows = [0, 60, 120].map((each) => `${1_700_000_000 + each},1,1,1,1,1`);
    writeFileSync(seconds, ['timestamp,open,high,low,close,volume', ...rows].join('\n'));
    expect((await call('--data', seconds, '--strategy', 'sma-cross')).said).toContain('look like seconds');
    const doubled = file('doubled.csv', ['1,1,1,1,1', '1,1,1,1,1']);
    writeFileSync(doubled, readFileSync(doubled, 'utf8').replace('\n60000', '\n0'));
    const told = await call('--data', doubled, '--strategy', 'sma-cross');
    expect([told.code, told.said]).toEqual([1, expect.stringMatching(/doubled.csv, line 3 repeats the time/)]);
  });

  test('names the smallest order of the quote asset, and takes another one', async () => {
    const still = Array.from({ length: 60 }, () => '0.05,0.05,0.05,0.05,1');
    const data = file('pair.csv', still);
    const live = (...args: string[]) =>
      call('--data', data, '--symbol', 'ETH/BTC', '--strategy', 'trend', '--rules', 'live', ...args);
    expect((await live()).out).toMatch(/Smallest order +0\.0001 BTC/);
    expect((await live('--min-notional', '0.002')).out).toMatch(/Smallest order +0\.002 BTC/);
  });

  test('prints how it is called when asked, and nothing is wrong', async () => {
    const { code, out, said } = await call('--help');
    expect([code, said]).toEqual([0, '']);
    expect(out).toContain('--stop-loss 1');
  });
});
