import { join } from 'node:path';
import type { Settings } from '../adapters/settings.js';
import { readJson, replaceFile } from './data-dir.js';
import { freePort, isFree } from './ports.js';

/** The loopback ports of everything that may be started. */
export const PORT_NAMES = ['temporal', 'temporalUi', 'mongodb', 'simulator', 'simulatorControl', 'api'] as const;
export type PortName = (typeof PORT_NAMES)[number];

const DEFAULTS: Record<PortName, number> = {
  temporal: 7233,
  temporalUi: 8233,
  mongodb: 27017,
  simulator: 8080,
  simulatorControl: 8081,
  api: 3000,
};

export interface Addresses {
  /** A port for this, the same as at the last start where it is free; each call looks again. */
  choose(name: PortName): Promise<number>;
}

/**
 * Ports are remembered in `DATA_DIR/ports.json`, so that bookmarks and open pages stay good. A default that is taken
 * gives way to a free one.
 * @throws Error where the API's port was asked for and is taken.
 */
export async function planAddresses(settings: Settings): Promise<Addresses> {
  const file = join(settings.dataDir, 'ports.json');
  const chosen: Partial<Record<PortName, number>> = readJson(file) ?? {};
  const taken = new Set<number>();
  const asked = settings.portGiven && settings.port > 0 ? settings.port : undefined;
  if (asked !== undefined) {
    if (!(await isFree(asked)))
      throw new Error(
        `PORT: ${asked} is taken by another program; stop that one, or set PORT to another port (0: any free one)`,
      );
    taken.add(asked);
  }
  return {
    async choose(name) {
      if (name === 'api' && asked !== undefined) return asked;
      const before = chosen[name];
      if (before !== undefined) taken.delete(before);
      const usual = name === 'api' && settings.portGiven ? undefined : DEFAULTS[name];
      chosen[name] = await freePort([before, usual], taken);
      replaceFile(file, JSON.stringify(chosen));
      return chosen[name];
    },
  };
}
