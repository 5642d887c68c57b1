import { connect } from 'node:net';
import { readAnchor } from '../../adapters/auditAnchor.js';
import { cacheFolder } from '../../adapters/paths.js';
import { type Settings, temporalConnectOptions } from '../../adapters/settings.js';
import { checkExchange, checkMongo, checkTemporal, withoutPassword } from '../external.js';
import { downloadedProgram } from '../resolve/download.js';
import { checkVersion, findOnPath } from '../resolve/on-path.js';
import { pipProgram } from '../resolve/pip.js';
import { SOURCES } from '../resolve/sources.js';
import type { ServerName } from '../resolve/types.js';
import { readRuntime } from '../runtime-file.js';
import { chooseVenue } from '../venue.js';
import type { Finding } from './checks.js';

export async function temporal(settings: Settings): Promise<Finding> {
  const known = withRunning(settings);
  if (!known.temporalAddress) return whatWouldStart('temporal');
  return { state: 'good', found: `answers at ${await checkTemporal(known, { register: false })}` };
}

export async function searchAttributes(settings: Settings): Promise<Finding> {
  const known = withRunning(settings);
  if (!known.temporalAddress) return { state: 'good', found: 'registered when the server is started' };
  const { connection, namespace } = temporalConnectOptions(known);
  const [{ Connection }, { missingSearchAttributes }] = await Promise.all([
    import('@temporalio/client'),
    import('../namespace.js'),
  ]);
  const client = await Connection.connect(connection);
  try {
    const missing = await missingSearchAttributes(client, namespace);
    const fix = '`npm run setup-temporal` registers them (docs/DEPLOYMENT.md)';
    return missing.length === 0
      ? { state: 'good', found: 'registered' }
      : { state: 'bad', found: `missing: ${missing.join(', ')}`, fix };
  } finally {
    await client.close();
  }
}

export async function mongodb(settings: Settings): Promise<Finding> {
  const known = withRunning(settings);
  if (!known.mongodbUri) return whatWouldStart('mongodb');
  return { state: 'good', found: `answers at ${withoutPassword(await checkMongo(known.mongodbUri))}` };
}

/** The chain of the audit log, and whether its end is the one that the API last saw. */
export async function auditLog(settings: Settings): Promise<Finding> {
  const { mongodbUri, dataDir } = withRunning(settings);
  if (!mongodbUri) return { state: 'good', found: 'checked where a database runs' };
  const [{ connectDatabase }, { createAuditRepository }] = await Promise.all([
    import('../../adapters/database/connect.js'),
    import('../../adapters/database/auditRepository.js'),
  ]);
  const database = await connectDatabase(mongodbUri, { migrate: false });
  try {
    const audit = createAuditRepository(database);
    const anchor = readAnchor(dataDir);
    const broken = await audit.verify(anchor);
    const { place } = await audit.head();
    const fix = 'docs/OPERATIONS.md, "AuditLogBroken"';
    if (broken) return { state: 'bad', found: `entry ${broken.place} of ${place} is ${broken.problem}`, fix };
    return {
      state: 'good',
      found: `${place} entries, whole${anchor ? ` since the API saw entry ${anchor.place}` : ''}`,
    };
  } finally {
    await database.close();
  }
}

const MAX_SKEW = 1000;

export async function exchange(settings: Settings): Promise<Finding> {
  const known = withRunning(settings);
  if (!known.exchangeUrl) {
    const venue = await chooseVenue(known);
    return {
      state: 'good',
      found: venue.kind === 'live' ? `the local one, on live prices` : 'the local one, on recorded candles',
    };
  }
  await checkExchange(known.exchangeUrl);
  const asked = Date.now();
  const answer = await fetch(`${known.exchangeUrl}/api/v3/time`, { signal: AbortSignal.timeout(5000) });
  const { serverTime } = (await answer.json()) as { serverTime: number };
  const skew = Math.round(serverTime - (asked + Date.now()) / 2);
  const found = `answers at ${known.exchangeUrl}, clock ${skew} ms apart`;
  return {
    state: Math.abs(skew) <= MAX_SKEW ? 'good' : 'bad',
    found,
    fix: 'set this machine’s clock (NTP): signed requests would be refused',
  };
}

export async function mail(settings: Settings): Promise<Finding> {
  if (!settings.smtpUrl)
    return {
      state: 'note',
      found: 'no SMTP_URL: alerts show on the dashboard only',
      fix: 'set SMTP_URL and MAIL_FROM to send e-mail',
    };
  const { hostname, port, protocol } = new URL(settings.smtpUrl);
  const number = Number(port) || (protocol === 'smtps:' ? 465 : 587);
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ host: hostname, port: number });
    socket.setTimeout(5000, () =>
      socket.destroy(new Error(`SMTP_URL: ${hostname}:${number} did not answer within 5 s`)),
    );
    socket.once('error', (error) =>
      reject(new Error(`SMTP_URL: no mail server answers at ${hostname}:${number}: ${error.message}`)),
    );
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
  });
  return { state: 'good', found: `${hostname}:${number} can be reached` };
}

/** What `npm start` on this data directory is running now counts as given. */
function withRunning(settings: Settings): Settings {
  const runtime = readRuntime(settings.dataDir);
  if (!runtime) return settings;
  return {
    ...settings,
    temporalAddress: settings.temporalAddress ?? runtime.temporalAddress,
    mongodbUri: settings.mongodbUri ?? runtime.mongodbUri,
    exchangeUrl: settings.exchangeUrl ?? runtime.exchangeUrl,
  };
}

/** Says which program `npm start` would take, without downloading anything. */
async function whatWouldStart(server: ServerName): Promise<Finding> {
  const source = SOURCES[server];
  for (const command of findOnPath(source.program.name, process.env))
    if ((await checkVersion(command, server, process.env)) === null)
      return { state: 'good', found: `${command} (PATH)` };
  const cache = cacheFolder();
  const cached = downloadedProgram(cache, source, 'cache') ?? pipProgram(cache, source.pip, 'cache');
  if (cached) return { state: 'good', found: `${cached.command} (cache)` };
  const fix = `set ${source.variable} to use a server of your own`;
  return { state: 'note', found: 'none here yet; the first `npm start` downloads one', fix };
}
