import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { readCandleCsv } from '../adapters/candles/csv.js';
import { runPortfolio, runSingle } from '../trading/backtest/index.js';
import { allocateCandles } from '../trading/market/columns.js';
import { createStrategy } from '../trading/signals/registry.js';
import type { CandleColumns } from '../trading/types.js';
import { ensembleConfig, ensembleRules } from './backtestConfig.js';
import { drawCost } from './backtestCost.js';
import { plainLoop } from './plainLoop.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const VENV = join(root, 'bench', '.venv');

/** Candles a second of the engine beside a plain loop and, where PyPI can be reached, vectorbt and backtesting.py. */
export async function run(): Promise<Record<string, unknown>> {
  const sample = readCandleCsv(join(root, 'data', 'BTCUSDT-1m-2024-07-26_08-25.csv.gz'));
  const results: Record<string, unknown> = {};
  for (const size of [100_000, 500_000]) {
    const candles = repeated(sample, size);
    const own = measure(() => runSingle(candles, createStrategy('sma-cross').votes(candles), SMA_CROSS), size);
    const loop = measure(() => plainLoop(candles), size);
    const peers = peerSpeeds(candles);
    results[`smaCross${size}`] = {
      ...own,
      plainLoop: loop.millionPerSecond,
      ratioToPlainLoop: own.millionPerSecond / loop.millionPerSecond,
      ...peers,
    };
    console.log(
      `sma-cross, ${size} candles: engine ${own.millionPerSecond.toFixed(1)}, plain loop ${loop.millionPerSecond.toFixed(1)} million/s, ratio ${(own.millionPerSecond / loop.millionPerSecond).toFixed(2)} (goal 0.3)`,
    );
    if (peers.vectorbt)
      console.log(
        `  vectorbt ${peers.vectorbt.toFixed(2)} million/s: the engine is ${(own.millionPerSecond / peers.vectorbt).toFixed(1)}x (goal 8)`,
      );
    if (peers.backtesting)
      console.log(
        `  backtesting.py ${peers.backtesting.toFixed(3)} million/s: ${(own.millionPerSecond / peers.backtesting).toFixed(0)}x`,
      );
    if (peers.note) console.log(`  ${peers.note}`);
  }
  results['ensemble'] = [25_000, 50_000, 100_000, 200_000].map((size) => {
    const candles = repeated(sample, size);
    const market = { symbol: 'BTC/USDT', candles, warmUp: 40, rules: ensembleRules };
    const own = measure(
      () =>
        runPortfolio([{ ...market, votes: createStrategy('ensemble').votes(candles) }], {
          config: ensembleConfig,
          cash: 10_000,
          feePct: 0.1,
          slippagePct: 0,
        }),
      size,
      3,
    );
    console.log(
      `ensemble by live's rules, ${size} candles: ${own.millionPerSecond.toFixed(2)} million/s, of processor time ${own.millionPerCpuSecond.toFixed(2)} (goal 1)`,
    );
    return { size, ...own };
  });
  const cost = drawCost(root, (length) => repeated(sample, length));
  for (const { symbols, candles, milliseconds } of cost)
    console.log(
      `cost: ${symbols} symbol${symbols > 1 ? 's' : ''}, ${candles} candles: ${milliseconds.toFixed(0)} ms of processor time, ${((1e6 * milliseconds) / candles).toFixed(0)} ns a candle`,
    );
  return { ...results, cost };
}

const SMA_CROSS = {
  symbol: 'BTC/USDT',
  cash: 10_000,
  sizePct: 100,
  feePct: 0.1,
  slippagePct: 0,
  stopLossPct: 1,
  takeProfitPct: 2,
  buyFrom: 0.5,
  sellFrom: Number.NEGATIVE_INFINITY,
};

/** Best of `runs` after one to warm up, by the clock and by the processor time that this process got. */
function measure(
  once: () => unknown,
  candles: number,
  runs = 10,
): { millionPerSecond: number; millionPerCpuSecond: number } {
  once();
  let best = Number.POSITIVE_INFINITY;
  let bestCpu = Number.POSITIVE_INFINITY;
  for (let index = 0; index < runs; index++) {
    const cpu = process.cpuUsage();
    const started = performance.now();
    once();
    best = Math.min(best, performance.now() - started);
    const used = process.cpuUsage(cpu);
    bestCpu = Math.min(bestCpu, (used.user + used.system) / 1000);
  }
  return { millionPerSecond: candles / best / 1000, millionPerCpuSecond: candles / bestCpu / 1000 };
}

/** The sample laid end to end on one grid, for lengths that it does not have. */
function repeated(sample: CandleColumns, length: number): CandleColumns {
  const candles = allocateCandles(length);
  for (let index = 0; index < length; index++) {
    const from = index % sample.length;
    candles.timestamp[index] = sample.timestamp[0]! + index * 60_000;
    for (const name of ['open', 'high', 'low', 'close', 'volume'] as const) candles[name][index] = sample[name][from]!;
  }
  return candles;
}

interface PeerSpeeds {
  vectorbt?: number;
  backtesting?: number;
  note?: string;
}

/** Installs the peers once into bench/.venv, within two minutes; without them the note says why. */
function peerSpeeds(candles: CandleColumns): PeerSpeeds {
  try {
    const python = join(VENV, 'bin', 'python');
    if (!existsSync(join(VENV, 'ready'))) {
      execFileSync('python3', ['-m', 'venv', VENV], { stdio: 'ignore', timeout: 60_000 });
      execFileSync(python, ['-m', 'pip', 'install', '-q', 'vectorbt', 'backtesting'], {
        stdio: 'ignore',
        timeout: 240_000,
      });
      writeFileSync(join(VENV, 'ready'), '');
    }
    const columns = join(VENV, 'candles.bin');
    writeFileSync(
      columns,
      Buffer.concat(
        [candles.open, candles.high, candles.low, candles.close].map((column) => Buffer.from(column.buffer)),
      ),
    );
    const output = execFileSync(python, [join(root, 'bench', 'peers.py'), columns], {
      encoding: 'utf8',
      timeout: 180_000,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return JSON.parse(output.trim().split('\n').at(-1)!) as PeerSpeeds;
  } catch (error) {
    return { note: `peers not measured: ${(error as Error).message.split('\n')[0]}` };
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(JSON.stringify(await run(), null, 1));
