/**
 * `MASTER_KEY=new,old npm run rotate-master-key`: wraps every secret's data key with the first key. Worker and API run
 * with both keys from before until after; then the old one is taken out of their MASTER_KEY.
 */
import { connectDatabase } from '../adapters/database/connect.js';
import { rotateMasterKey } from '../adapters/database/rotation.js';
import { loadMasterKeys } from '../adapters/secrets/master-keys.js';
import { settingsOrExit } from '../adapters/settings.js';
import { databaseAddress } from './databaseAddress.js';
import { readArguments, runCommand, UsageError } from './usage.js';

await runCommand(async () => {
  readArguments('MASTER_KEY=new,old npm run rotate-master-key', {});
  const settings = settingsOrExit();
  if (!settings.masterKey?.includes(','))
    throw new UsageError('Set MASTER_KEY to the new key and the old one, separated by a comma: MASTER_KEY=new,old');
  const keys = loadMasterKeys(settings.masterKey, settings.dataDir);
  const database = await connectDatabase(databaseAddress(settings));
  try {
    const { rewrapped, current } = await rotateMasterKey(database, keys);
    console.log(`${rewrapped} records now open with key ${keys.current.id}; ${current} did already.`);
  } finally {
    await database.close();
  }
});
