/** Peers from PyPI on the same candles, in an environment of their own. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../adapters/paths.js';
import type { CandleColumns } from '../../trading/types.js';

const PACKAGES = ['vectorbt', 'backtesting'];
const INSTALL_MS = 420_000;

/** Million candles a second. */
export interface PeerSpeeds {
  vectorbt?: number;
  backtesting?: number;
  /** Why a peer was not measured. */
  note?: string;
}

/** Installs the peers once; without them the note says why. */
export function peerSpeeds(candles: CandleColumns): PeerSpeeds {
  const folder = join(projectRoot(), 'bench', '.venv', 'backtest');
  const env = { ...process.env, PYTHONPATH: folder };
  try {
    if (!existsSync(join(folder, 'ready'))) {
      mkdirSync(folder, { recursive: true });
      execFileSync('python3', ['-m', 'pip', 'install', '-q', '--target', folder, ...PACKAGES], {
        stdio: 'ignore',
        timeout: INSTALL_MS,
      });
      writeFileSync(join(folder, 'ready'), '');
    }
    const columns = join(folder, 'candles.bin');
    const { open, high, low, close } = candles;
    writeFileSync(columns, Buffer.concat([open, high, low, close].map((column) => Buffer.from(column.buffer))));
    const output = execFileSync('python3', [join(projectRoot(), 'bench', 'backtest', 'peers.py'), columns], {
      encoding: 'utf8',
      timeout: 240_000,
      stdio: ['ignore', 'pipe', 'ignore'],
      env,
    });
    return JSON.parse(output.trim().split('\n').at(-1)!) as PeerSpeeds;
  } catch (error) {
    return { note: `peers not measured: ${(error as Error).message.split('\n')[0]}` };
  }
}
