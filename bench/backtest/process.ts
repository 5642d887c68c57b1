/** The whole command on a gzipped CSV of 100,000 rows, from its start to its end. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { projectRoot } from '../../adapters/paths.js';
import { candleRow } from '../../trading/market/columns.js';
import type { CandleColumns } from '../../trading/types.js';

const RUNS = 5;

/** Seconds of the fastest of several runs, by the clock. */
export function processSeconds(candles: CandleColumns, strategy: string): number {
  const folder = mkdtempSync(join(tmpdir(), 'bench-process-'));
  try {
    const file = join(folder, 'candles.csv.gz');
    const rows = Array.from({ length: candles.length }, (_, index) => candleRow(candles, index).join(','));
    writeFileSync(file, gzipSync(['timestamp,open,high,low,close,volume', ...rows].join('\n')));
    const args = ['run', '-s', 'backtest', '--', '--data', file, '--strategy', strategy, '--json', join(folder, 'out')];
    let best = Number.POSITIVE_INFINITY;
    for (let run = 0; run < RUNS; run++) {
      const started = performance.now();
      const { status } = spawnSync('npm', args, { cwd: projectRoot(), stdio: 'ignore' });
      if (status !== 0) throw new Error(`npm run backtest ended with ${status}`);
      best = Math.min(best, (performance.now() - started) / 1000);
    }
    return best;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
