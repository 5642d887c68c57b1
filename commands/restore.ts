/** A backup into an empty database. The whole file is checked before the first write. */
import { connectDatabase } from '../adapters/database/connect.js';
import { restoreBackup } from '../adapters/database/backup.js';
import { createRepositories } from '../adapters/database/repositories.js';
import { migrate } from '../adapters/database/migrations.js';
import { loadMasterKeys } from '../adapters/secrets/master-keys.js';
import { settingsOrExit } from '../adapters/settings.js';
import { databaseAddress } from './databaseAddress.js';
import { readArguments, runCommand, UsageError } from './usage.js';

const USAGE = 'npm run restore -- --from FILE';

await runCommand(async () => {
  const { from } = readArguments(USAGE, { from: { type: 'string' } }).values;
  if (!from) throw new UsageError(`usage: ${USAGE}`);
  const settings = settingsOrExit();
  const database = await connectDatabase(databaseAddress(settings), { migrate: false });
  try {
    const keys = loadMasterKeys(settings.masterKey, settings.dataDir);
    const counts = await restoreBackup(database, keys, from);
    await database.models.migrations.deleteMany({ _id: { $gte: '0000-indexes-', $lt: '0001' } });
    await migrate(database);
    await createRepositories(database, keys).flags.noteRestore();
    for (const [name, count] of Object.entries(counts)) console.log(`${name.padEnd(24)} ${count}`);
    console.log(
      'Restored. Nobody whose workflow is gone trades before they start again. Where Temporal still has the workflows, stop ' +
        'everyone before trading goes on: orders placed since the backup are found at the exchange.',
    );
  } finally {
    await database.close();
  }
});
