/** The database that a command is about: the one of the environment, or of the product that runs on DATA_DIR. */
import type { Settings } from '../adapters/settings.js';
import { readRuntime } from '../launcher/runtime-file.js';
import { UsageError } from './usage.js';

export function databaseAddress({ mongodbUri, dataDir }: Pick<Settings, 'mongodbUri' | 'dataDir'>): string {
  const address = mongodbUri ?? readRuntime(dataDir)?.mongodbUri;
  if (address) return address;
  throw new UsageError(
    'MONGODB_URI: not set, and nothing runs on DATA_DIR; start it with npm start, or name the database',
  );
}
