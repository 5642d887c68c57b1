import { exchangeProblem } from '../adapters/candles/problem.js';
import { downloadCandles, type CandleSource } from '../adapters/candles/download.js';
import { CandleFileError } from '../adapters/candles/errors.js';
import {
  listStore,
  mergeCandles,
  readCandleFile,
  readCandles,
  storePath,
  writeCandles,
} from '../adapters/candles/store.js';
import { checkCandles, findGaps, firstOffGrid, inferTimeframe } from '../trading/market/columns.js';
import { type CandleColumns, TIMEFRAME_MS, type Timeframe } from '../trading/types.js';
import { checkSpacing } from './spacing.js';
import { readArguments, runCommand, timeOption, UsageError } from './usage.js';

const USAGE = `npm run candles -- download --symbol BTC/USDT --timeframe 5m --from ISO [--to ISO] [--dir D]
npm run candles -- import --data FILE --symbol BTC/USDT [--timeframe T] [--dir D]
npm run candles -- verify [--data FILE | --dir D]

The store is D (.data/candles); its files serve as --data of the other commands. A download goes on where it stopped and
asks for holes again, from EXCHANGE_URL or Binance.`;

const text = { type: 'string' } as const;

await runCommand(async () => {
  const options = { data: text, dir: text, symbol: text, timeframe: text, from: text, to: text };
  const { values, positionals } = readArguments(USAGE, options, { names: true });
  const dir = values.dir ?? `${process.env['DATA_DIR'] ?? '.data'}/candles`;
  const actions: Record<string, () => Promise<void> | void> = {
    download: () => download(values, dir),
    import: () => importCsv(values, dir),
    verify: () => verify(values, dir),
  };
  const action = actions[positionals[0] ?? ''];
  if (!action || positionals.length !== 1)
    throw new UsageError('say download, import or verify; --help tells how they are called');
  await action();
});

type Values = Partial<Record<'data' | 'symbol' | 'timeframe' | 'from' | 'to', string>>;

async function download(values: Values, dir: string): Promise<void> {
  const symbol = symbolOf(values);
  const timeframe = timeframeOf(values.timeframe);
  const from = timeOption('from', values.from);
  if (from === undefined) throw new UsageError('--from is missing: the first day, such as 2024-08-01');
  const path = storePath(dir, symbol, timeframe);
  const stored = storedAt(dir, path, timeframe);
  const source = await publicExchange();
  const candles = await asked(symbol, async () => {
    const now = await source.fetchTime();
    const to = timeOption('to', values.to) ?? now;
    const save = (all: CandleColumns) => {
      writeCandles(path, all, timeframe);
      console.error(`${all.length} candles, up to ${new Date(all.timestamp[all.length - 1]!).toISOString()}`);
    };
    return downloadCandles(source, { symbol, timeframe, from, to, now, stored, save });
  });
  report(path, candles, timeframe);
}

function importCsv(values: Values, dir: string): void {
  if (!values.data) throw new UsageError('--data is missing: a CSV file of candles');
  const symbol = symbolOf(values);
  const { candles, timeframe } = fileOf(values.data, values.timeframe);
  const path = storePath(dir, symbol, timeframe);
  checkWhole(values.data, candles, timeframe);
  const stored = storedAt(dir, path, timeframe);
  const all = stored ? mergeCandles(stored, candles) : candles;
  writeCandles(path, all, timeframe);
  report(path, all, timeframe);
}

/** What the store holds already; nothing is put on top of what is wrong. */
function storedAt(dir: string, path: string, timeframe: Timeframe): CandleColumns | undefined {
  if (!listStore(dir).some((each) => each.path === path)) return undefined;
  const candles = readCandles(path, timeframe);
  checkWhole(path, candles, timeframe);
  return candles;
}

/** Exit code 1 where a file is damaged or inconsistent; gaps are told and are no failure. */
function verify(values: Values, dir: string): void {
  if (values.data) {
    const { candles, timeframe } = fileOf(values.data, values.timeframe);
    return report(values.data, candles, timeframe);
  }
  const files = listStore(dir);
  if (files.length === 0) console.log(`${dir} holds no candle files`);
  for (const { path, timeframe } of files) {
    try {
      const candles = readCandles(path, timeframe);
      checkWhole(path, candles, timeframe);
      report(path, candles, timeframe);
    } catch (error) {
      console.log((error as Error).message);
      process.exitCode = 1;
    }
  }
}

/** A file's candles, on the grid of the timeframe that was told or is usual in it. */
function fileOf(path: string, told: string | undefined): { candles: CandleColumns; timeframe: Timeframe } {
  const candles = readCandleFile(path);
  const usual = inferTimeframe(candles);
  const timeframe = told === undefined ? usual : timeframeOf(told);
  if (!timeframe) throw new UsageError(`${path}: the distance of its candles is no known timeframe; give --timeframe`);
  checkSpacing(path, candles, timeframe);
  checkGrid(path, candles, timeframe);
  return { candles, timeframe };
}

/** Of the store: consistent, and on the exchanges' grid, multiples of the timeframe in UTC, so that files can be joined. */
function checkWhole(path: string, candles: CandleColumns, timeframe: Timeframe): void {
  checkCandles(candles);
  checkGrid(path, candles, timeframe, 0);
}

/** On the grid that is counted from `origin`, ms UTC: from the first candle unless told. */
function checkGrid(path: string, candles: CandleColumns, timeframe: Timeframe, origin?: number): void {
  const index = firstOffGrid(candles, timeframe, origin);
  if (index >= 0)
    throw new CandleFileError(
      path,
      0,
      `has a candle off the grid of ${timeframe}: number ${index + 1}, ${new Date(candles.timestamp[index]!).toISOString()}`,
    );
}

/** What the exchange answers is told in a line; what was saved until then stays. */
async function asked<Answer>(symbol: string, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    throw exchangeProblem(error, symbol, process.env['EXCHANGE_URL']) ?? error;
  }
}

function report(path: string, candles: CandleColumns, timeframe: Timeframe): void {
  if (candles.length === 0) return console.log(`${path}: no candles`);
  const gaps = findGaps(candles, timeframe);
  const missing = gaps.reduce((sum, gap) => sum + gap.missing, 0);
  const iso = (time: number) => new Date(time).toISOString();
  console.log(
    `${path}: ${candles.length} candles of ${timeframe}, ${iso(candles.timestamp[0]!)} to ${iso(candles.timestamp[candles.length - 1]!)}, ${missing} missing in ${gaps.length} gaps`,
  );
  for (const gap of gaps.slice(0, 20)) console.log(`  ${iso(gap.from)} to ${iso(gap.to)}: ${gap.missing} missing`);
  if (gaps.length > 20) console.log(`  and ${gaps.length - 20} more gaps`);
}

function symbolOf({ symbol }: Values): string {
  if (symbol === undefined || !/^[A-Z0-9]+\/[A-Z0-9]+$/.test(symbol))
    throw new UsageError(`--symbol must be written like BTC/USDT, not "${symbol ?? ''}"`);
  return symbol;
}

function timeframeOf(timeframe: string | undefined): Timeframe {
  if (timeframe === undefined || !Object.hasOwn(TIMEFRAME_MS, timeframe))
    throw new UsageError(
      `--timeframe must be one of ${Object.keys(TIMEFRAME_MS).join(', ')}, not "${timeframe ?? ''}"`,
    );
  return timeframe as Timeframe;
}

/** Only here is ccxt needed. Public data of spot markets; its limiter is on. */
async function publicExchange(): Promise<CandleSource & { fetchTime(): Promise<number> }> {
  const { binance } = await import('ccxt');
  const exchange = new binance({
    enableRateLimit: true,
    timeout: 20_000,
    options: { fetchMarkets: { types: ['spot'] }, fetchMargins: false, fetchCurrencies: false },
  });
  const url = process.env['EXCHANGE_URL'];
  if (url) (exchange.urls['api'] as Record<string, string>)['public'] = `${url.replace(/\/$/, '')}/api/v3`;
  return exchange as unknown as CandleSource & { fetchTime(): Promise<number> };
}
