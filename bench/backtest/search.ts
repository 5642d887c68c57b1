/** A search's trials on the threads that run them in the product: how much of the processors they use. */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createResearchPool } from '../../adapters/research/pool.js';
import { writeCandles } from '../../adapters/training/files.js';
import { foldBoundaries, scorePeriod, type SearchShape } from '../../trading/backtest/search.js';
import type { CandleColumns } from '../../trading/types.js';
import { ensembleConfig, ensembleRules } from './config.js';

const TRIALS = 1_000;
const BATCH = 10;
const LANES = 16;

export interface SearchCost {
  trials: number;
  candles: number;
  seconds: number;
  /** Processor time over elapsed time, share of all processors. */
  used: number;
}

/** 1,000 trials of the trend strategy, four walk-forward folds each, as `searchWorkflow` hands them out. */
export async function searchCost(candles: CandleColumns): Promise<SearchCost> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-search-'));
  const file = join(folder, 'candles');
  writeCandles(file, candles);
  const boundaries = foldBoundaries(candles, 4);
  const values = (from: number, count: number) => Array.from({ length: count }, (_, place) => from + place);
  const shape: SearchShape = {
    grid: { fast: values(5, 20), slow: values(30, 50) },
    indices: values(0, TRIALS),
    boundaries,
    periodMs: scorePeriod(boundaries[0]! - candles.timestamp[0]!, 60_000),
  };
  const setup = { strategy: 'trend', params: {}, stopLossPct: 1, takeProfitPct: 2, cash: 10_000 };
  const spec = {
    ...{ symbol: 'BTC/USDT', timeframe: '1m' as const, rules: 'plain' as const },
    ...{ setup: { ...setup, sizePct: 100, feePct: 0.1, slippagePct: 0 } },
    ...{ config: ensembleConfig, symbolRules: ensembleRules },
  };
  const pool = createResearchPool();
  const run = (first: number) =>
    pool.run({
      ...{ kind: 'trials' as const, file, candles: candles.length, spec, shape },
      indices: shape.indices.slice(first, first + BATCH),
    });
  try {
    await Promise.all(Array.from({ length: pool.size }, () => run(0))); // threads start, candles are read
    const cpu = process.cpuUsage();
    const started = performance.now();
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < TRIALS) {
        const first = next;
        next += BATCH;
        await run(first);
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    const seconds = (performance.now() - started) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    const used = (user + system) / 1e6 / (seconds * availableParallelism());
    return { trials: TRIALS, candles: candles.length, seconds, used };
  } finally {
    await pool.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
