/** The whole database as one encrypted file, while everything runs. */
import { connectDatabase } from '../adapters/database/connect.js';
import { writeBackup } from '../adapters/database/backup.js';
import { loadMasterKeys } from '../adapters/secrets/master-keys.js';
import { settingsOrExit } from '../adapters/settings.js';
import { databaseAddress } from './databaseAddress.js';
import { readArguments, runCommand, UsageError } from './usage.js';

const USAGE = 'npm run backup -- --out FILE';

await runCommand(async () => {
  const { out } = readArguments(USAGE, { out: { type: 'string' } }).values;
  if (!out) throw new UsageError(`usage: ${USAGE}`);
  const settings = settingsOrExit();
  const database = await connectDatabase(databaseAddress(settings), { migrate: false });
  try {
    const counts = await writeBackup(database, loadMasterKeys(settings.masterKey, settings.dataDir), out);
    for (const [name, count] of Object.entries(counts)) console.log(`${name.padEnd(24)} ${count}`);
    console.log(`${out}: written. It opens with this installation's master key only: keep that elsewhere.`);
  } finally {
    await database.close();
  }
});
