/**
 * `node download-main.js temporal|mongodb FOLDER`: has the official library download its server into the folder. A
 * process of its own, since neither library can be told to stop, and loading them takes the launcher a second.
 */
import { mkdirSync } from 'node:fs';

const [server, folder] = process.argv.slice(2);
if ((server !== 'temporal' && server !== 'mongodb') || !folder) {
  console.error('usage: download-main temporal|mongodb FOLDER');
  process.exit(2);
}
try {
  mkdirSync(folder, { recursive: true });
  await (server === 'temporal' ? downloadTemporal(folder) : downloadMongod(folder));
  process.exit(0);
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}

/** The SDK downloads only what it also starts: a server in memory, ended at once. */
async function downloadTemporal(downloadDir: string): Promise<void> {
  const { TestWorkflowEnvironment } = await import('@temporalio/testing');
  const environment = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'cached-download', downloadDir, ttl: '3650 days' } },
  });
  await environment.teardown();
}

async function downloadMongod(downloadDir: string): Promise<void> {
  const { MongoBinary } = await import('mongodb-memory-server-core');
  await MongoBinary.getPath({ downloadDir, checkMD5: true });
}
