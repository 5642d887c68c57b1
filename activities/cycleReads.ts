/**
 * What the steps of one cycle read of a user's books, read once. Only the user's own workflow writes them, and its
 * order work comes after the checks: what the cycle's first step saw holds until the checks have taken it, and where
 * nothing was sent behind them, for the look at what is held as well. The settings hold for the whole cycle. Another
 * worker, another cycle or a later look reads anew.
 */
import type { StoredConfig } from '../adapters/database/configRepository.js';
import type { FlagDocument } from '../adapters/database/documents.js';
import type { StoredPosition } from '../adapters/database/positionsRepository.js';
import type { Repositories } from '../adapters/database/repositories.js';
import { NotFound } from './failures.js';
import type { StepInput } from './types.js';

export interface CycleReads {
  /** The settings as they are now; kept for the cycle's later steps. */
  begin(input: StepInput): Promise<StoredConfig>;
  settings(input: StepInput): Promise<StoredConfig>;
  positions(input: StepInput): Promise<StoredPosition[]>;
  /** The cycle's checks have looked: who asks for the positions from here on reads anew. */
  checked(input: StepInput, isSettled: boolean): void;
  /**
   * What the checks saw, with no order's outcome open; for a look behind which nothing was sent. null: not known.
   */
  seenSettled(input: StepInput): Promise<StoredPosition[]> | null;
  /** The cycle is over. */
  end(input: StepInput): void;
  /** A quarter of a second old at most; before an entry is sent the desk looks at the flag itself. */
  fleet(): Promise<Omit<FlagDocument, '_id'>>;
}

interface Kept {
  cycle: number;
  at: number;
  settings: Promise<StoredConfig>;
  positions?: Promise<StoredPosition[]> | undefined;
  settled?: Promise<StoredPosition[]> | undefined;
}

/** A cycle that takes longer than this reads again. */
const KEPT_MS = 5_000;
const FLEET_MS = 250;

export async function settingsOf(repositories: Repositories, userId: string): Promise<StoredConfig> {
  const config = await repositories.config.get(userId);
  if (!config) throw new NotFound(`user ${userId} has no trading settings`);
  return config;
}

/** @param now real time, ms */
export function createCycleReads(repositories: Repositories, now: () => number): CycleReads {
  const byUser = new Map<string, Kept>();
  let fleet: { at: number; flag: ReturnType<CycleReads['fleet']> } | null = null;

  const known = ({ userId, cycle }: StepInput): Kept | null => {
    const kept = byUser.get(userId);
    return kept && kept.cycle === cycle && now() - kept.at < KEPT_MS ? kept : null;
  };
  /** A read that failed is not kept. */
  const keep = <T>(userId: string, reading: Promise<T>): Promise<T> => {
    reading.catch(() => byUser.delete(userId));
    return reading;
  };

  return {
    begin({ userId, cycle }) {
      const settings = keep(userId, settingsOf(repositories, userId));
      byUser.set(userId, { cycle, at: now(), settings });
      return settings;
    },
    settings: (input) => known(input)?.settings ?? settingsOf(repositories, input.userId),
    positions(input) {
      const kept = known(input);
      if (!kept) return repositories.positions.open(input.userId);
      kept.positions ??= keep(input.userId, repositories.positions.open(input.userId));
      return kept.positions;
    },
    checked(input, isSettled) {
      const kept = known(input);
      if (!kept) return;
      kept.settled = isSettled ? kept.positions : undefined;
      kept.positions = undefined;
    },
    seenSettled: (input) => known(input)?.settled ?? null,
    end: ({ userId }) => void byUser.delete(userId),
    fleet() {
      if (!fleet || now() - fleet.at >= FLEET_MS) {
        const flag = repositories.flags.fleet();
        flag.catch(() => (fleet = null));
        fleet = { at: now(), flag };
      }
      return fleet.flag;
    },
  };
}
