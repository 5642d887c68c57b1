import type { Repositories } from '../../adapters/database/repositories.js';
import type { CandleShelf } from '../../adapters/research/folder.js';
import type { ResearchPool } from '../../adapters/research/pool.js';
import type { Venue } from '../dependencies.js';

export interface ResearchDependencies {
  repositories: Pick<Repositories, 'backtests' | 'config'>;
  pool: ResearchPool;
  shelf: CandleShelf;
  /** The venue whose candles are run on. */
  venue(): Venue;
}
