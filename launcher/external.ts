import { type Settings, temporalConnectOptions } from '../adapters/settings.js';

const LIMIT = 10_000;

/**
 * Checks that a Temporal server that was named answers and knows the namespace, and (with `register`) adds the search
 * attributes that are missing there.
 * @throws Error that names the setting
 */
export async function checkTemporal(settings: Settings, options = { register: true }): Promise<string> {
  const { connection, namespace } = temporalConnectOptions(settings);
  // Loaded only where a server was named: a start with servers of its own does without.
  const [{ Connection }, { missingSearchAttributes, registerSearchAttributes }] = await Promise.all([
    import('@temporalio/client'),
    import('./namespace.js'),
  ]);
  try {
    const client = await Connection.connect({ ...connection, connectTimeout: LIMIT });
    try {
      await client.withDeadline(Date.now() + LIMIT, () => client.workflowService.describeNamespace({ namespace }));
      const missing = options.register ? await missingSearchAttributes(client, namespace) : [];
      if (missing.length > 0) await registerSearchAttributes(client, namespace, missing);
    } finally {
      await client.close();
    }
    return connection.address;
  } catch (error) {
    throw new Error(
      `TEMPORAL_ADDRESS: no Temporal server with namespace ${namespace} answers at ${connection.address}: ${reason(error)}`,
    );
  }
}

/** Checks that a database that was named answers. @throws Error that names the setting, without the address's password */
export async function checkMongo(uri: string): Promise<string> {
  const { default: mongoose } = await import('mongoose');
  const client = new mongoose.mongo.MongoClient(uri, { serverSelectionTimeoutMS: LIMIT, connectTimeoutMS: LIMIT });
  try {
    await client.db('admin').command({ ping: 1 });
    return uri;
  } catch (error) {
    throw new Error(`MONGODB_URI: no database answers at ${withoutPassword(uri)}: ${reason(error)}`);
  } finally {
    await client.close();
  }
}

/** Checks that an exchange that was named answers. @throws Error that names the setting */
export async function checkExchange(url: string): Promise<string> {
  try {
    const answer = await fetch(`${url}/api/v3/ping`, { signal: AbortSignal.timeout(LIMIT) });
    if (!answer.ok) throw new Error(`it answered with ${answer.status}`);
    return url;
  } catch (error) {
    throw new Error(`EXCHANGE_URL: no exchange answers at ${url}: ${reason(error)}`);
  }
}

export function withoutPassword(uri: string): string {
  return uri.replace(/\/\/[^@/]*@/, '//***@');
}

function reason(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error && cause.message ? `${message} (${cause.message})` : message;
}
