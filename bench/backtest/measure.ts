import { allocateCandles } from '../../trading/market/columns.js';
import type { CandleColumns } from '../../trading/types.js';

export interface Speed {
  millionPerSecond: number;
  /** Of the processor time that this process got: what a busy machine takes away does not count. */
  millionPerCpuSecond: number;
}

/** Best of `runs` after one to warm up. */
export function measure(once: () => unknown, candles: number, runs = 10): Speed {
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
export function repeated(sample: CandleColumns, length: number): CandleColumns {
  const candles = allocateCandles(length);
  for (let index = 0; index < length; index++) {
    const from = index % sample.length;
    candles.timestamp[index] = sample.timestamp[0]! + index * 60_000;
    for (const name of ['open', 'high', 'low', 'close', 'volume'] as const) candles[name][index] = sample[name][from]!;
  }
  return candles;
}
