import { linkSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepInputs, timeOption, UsageError } from '../../../commands/usage.js';
import { candleRow } from '../../../trading/market/columns.js';
import { callCommand } from '../../support/command.js';
import { wavyMarket } from '../learning/markets.js';

const folder = mkdtempSync(join(tmpdir(), 'command-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const call = (name: string, ...args: string[]) => callCommand(`commands/${name}`, args, { cwd: folder });
const oneLine = (code: number, said: RegExp) => ({ code, out: '', said: expect.stringMatching(said) as string });

/** Every nth candle of a made-up market, as a file. */
function file(name: string, length: number, { minutes = 5, every = 1 } = {}): string {
  const market = wavyMarket(length, 1, minutes);
  const rows = Array.from({ length }, (_, i) => candleRow(market, i).join(',')).filter((_, i) => i % every === 0);
  const path = join(folder, name);
  writeFileSync(path, ['timestamp,open,high,low,close,volume', ...rows].join('\n'));
  return path;
}

describe('a file that a command reads', () => {
  const data = file('candles.csv', 100);
  const before = readFileSync(data, 'utf8');
  symlinkSync(data, join(folder, 'link.csv'));
  linkSync(data, join(folder, 'hard.csv'));
  afterEach(() => expect(readFileSync(data, 'utf8')).toBe(before));

  test.each(['candles.csv', './candles.csv', 'link.csv', 'hard.csv'])(
    'is not written over by indicators: %s',
    async (out) => {
      expect(await call('indicators', '--data', data, '--out', out)).toEqual(
        oneLine(2, /^--out \S+ is the file of --data: .*\n$/),
      );
    },
  );

  test('is not written over by a backtest or a training', async () => {
    const strategy = ['--strategy', 'sma-cross'];
    expect(await call('backtest', '--data', data, ...strategy, '--json', data)).toEqual(
      oneLine(2, /is the file of --data/),
    );
    expect(await call('backtest', '--data', data, ...strategy, '--html', data)).toEqual(
      oneLine(2, /^--html .* of --data/),
    );
    const train = ['--data', file('other.csv', 100), '--symbol', 'S', '--timeframe', '5m', '--test-from', '2024-06-01'];
    for (const option of ['json', 'predictions', 'page', 'save-model'])
      expect(await call('train', ...train, '--cross', data, `--${option}`, data)).toEqual(
        oneLine(2, new RegExp(`^train: --${option} .* is the file of --cross`)),
      );
  });

  test('may be a device that is written to as well, and be beside what is not there yet', () => {
    expect(() => keepInputs({ data: '/dev/null' }, { json: '/dev/null' })).not.toThrow();
    expect(() => keepInputs({ data: ['none', data] }, { json: join(folder, 'new'), html: undefined })).not.toThrow();
    expect(() => keepInputs({ data: ['none', data] }, { json: data })).toThrow(UsageError);
  });
});

describe('the candles of a backtest', () => {
  const run = (...args: string[]) => call('backtest', '--strategy', 'sma-cross', '--quiet', ...args);

  test('are refused when they are of another timeframe than the one told', async () => {
    const hours = file('hours.csv', 200, { minutes: 60 });
    expect(await run('--data', hours, '--timeframe', '5m')).toEqual(
      oneLine(2, /60 minutes apart, --timeframe says 5m/),
    );
    expect(await run('--data', hours, '--timeframe', '1h')).toMatchObject({ code: 0 });
  });

  test('of several symbols are refused when they do not open together, since one would close while another is decided on', async () => {
    const one = file('one.csv', 300);
    const other = join(folder, 'askew.csv');
    writeFileSync(
      other,
      readFileSync(one, 'utf8').replaceAll(/^\d+/gm, (time) => String(Number(time) + 120_000)),
    );
    const both = ['--data', one, '--symbol', 'BTC/USDT', '--data', other, '--symbol', 'ETH/USDT', '--rules', 'live'];
    expect(await run(...both)).toEqual(oneLine(2, /those of ETH.USDT open 2 minutes apart from those of BTC.USDT\n$/));
    expect(await run(...both.map((each) => (each === other ? one : each)))).toMatchObject({ code: 0 });
  });

  test('may be one or two, or have a gap nearly everywhere', async () => {
    for (const length of [1, 2]) {
      const few = file(`few${length}.csv`, length, { minutes: 60 });
      expect(await run('--data', few, '--timeframe', '5m')).toMatchObject({ code: 0, said: '' });
    }
    const patchy = file('patchy.csv', 300, { every: 3 });
    const lines = readFileSync(patchy, 'utf8').split('\n');
    lines.splice(2, 0, readFileSync(file('all.csv', 300), 'utf8').split('\n')[2]!);
    writeFileSync(patchy, lines.join('\n'));
    expect(await run('--data', patchy, '--timeframe', '5m')).toMatchObject({ code: 0 });
  });
});

describe('a time that a command is told', () => {
  test('is in UTC where no zone is said, on a machine in Seoul, too', async () => {
    const json = join(folder, 'seoul.json');
    const args = ['--strategy', 'sma-cross', '--data', file('days.csv', 600), '--json', json];
    const candles = async (from: string, TZ: string) => {
      await callCommand('commands/backtest', [...args, '--from', from], { cwd: folder, env: { TZ } });
      return (JSON.parse(readFileSync(json, 'utf8')) as { candles: number }).candles;
    };
    const told = await candles('2023-11-15T12:00:00Z', 'UTC');
    expect(told).toBeLessThan(600);
    for (const from of ['2023-11-15 12:00', '2023-11-15T12:00']) expect(await candles(from, 'Asia/Seoul')).toBe(told);
  });

  test.each(['2024-02-30', '2024-08-15 (hello)', 'yesterday'])('is refused as %s, by its option', (text) => {
    expect(() => timeOption('from', text)).toThrow(`--from must be a time such as 2024-08-01T00:00:00Z, not "${text}"`);
  });
});

test('npm run check-strategy -- learner says in one line that a file is too short', async () => {
  expect(await call('check-strategy', 'learner', '--data', file('short.csv', 100))).toEqual(
    oneLine(1, /^100 candles are too few: [^\n]*\n$/),
  );
});
