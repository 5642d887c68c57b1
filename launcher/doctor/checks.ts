import type { Settings } from '../../adapters/settings.js';
import { auditLog, exchange, mail, mongodb, searchAttributes, temporal } from './servers.js';
import { dashboard, dataDir, disk, masterKey, node, port, python, signInPolicy } from './machine.js';

/** `note`: works, with something worth knowing. `bad`: does not work; `fix` says what to do. */
export interface Finding {
  state: 'good' | 'note' | 'bad';
  found: string;
  fix?: string;
}

export interface Check extends Finding {
  name: string;
}

/** Every check of `npm run doctor`, by the name it is shown under; they run side by side. */
export const checks = {
  'Node.js': node,
  Python: python,
  'data directory': dataDir,
  'disk space': disk,
  'master key': masterKey,
  'sign-in policy': signInPolicy,
  'API port': port,
  Temporal: temporal,
  'search attributes': searchAttributes,
  database: mongodb,
  'audit log': auditLog,
  exchange,
  dashboard,
  mail,
} satisfies Record<string, (settings: Settings) => Promise<Finding>>;
