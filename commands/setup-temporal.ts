/**
 * Makes the namespace (where it is missing) and registers the search
 * attributes on the Temporal server, cluster or Temporal Cloud namespace that TEMPORAL_* names. Can be run again.
 */
import { Connection } from '@temporalio/client';
import { settingsOrExit, temporalConnectOptions } from '../adapters/settings.js';
import { NamespaceProblem, setUpNamespace } from '../launcher/namespace.js';
import { numberOption, readArguments, runCommand, UsageError } from './usage.js';

const USAGE = 'npm run setup-temporal [-- --retention-days 30]';

/** How long closed runs are kept. */
const RETENTION_DAYS = 30;
const LIMIT = 10_000;

await runCommand(async () => {
  const { values } = readArguments(USAGE, { 'retention-days': { type: 'string' } });
  const range = { min: 1, max: 3650, integer: true };
  const retentionDays = numberOption('retention-days', values['retention-days'], RETENTION_DAYS, range);
  const settings = settingsOrExit();
  if (!settings.temporalAddress)
    throw new UsageError(
      'TEMPORAL_ADDRESS: not set; name the server as host:port (`npm start` sets up its own itself)',
    );
  const { connection, namespace } = temporalConnectOptions(settings);
  const where = `${namespace} at ${connection.address}`;
  try {
    const client = await Connection.connect({ ...connection, connectTimeout: LIMIT });
    try {
      const report = await setUpNamespace(client, namespace, { retentionDays });
      console.log(`namespace ${where}: ${report.namespace}`);
      for (const { name, type, state } of report.searchAttributes)
        console.log(`${name.padEnd(16)} ${type.padEnd(8)} ${state}`);
    } finally {
      await client.close();
    }
  } catch (error) {
    const { message } = error as Error;
    console.error(
      error instanceof NamespaceProblem ? message : `TEMPORAL_ADDRESS: ${where} does not answer: ${message}`,
    );
    process.exitCode = 1;
  }
});
