/**
 * The whole database as one encrypted file: a line with the sealed data key, then AES-256-GCM over gzip over lines of
 * canonical EJSON. The last line counts the documents, so that a file cut short is noticed before anything is written.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { closeSync, createReadStream, createWriteStream, fstatSync, openSync, readSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { BSON, type Document } from 'mongodb';
import { type Envelope, open, seal } from '../secrets/envelope.js';
import type { MasterKeys } from '../secrets/master-keys.js';
import type { Database } from './connect.js';

const { EJSON } = BSON;
const FORMAT = 'crypto-trader-pro backup 1';
const CONTEXT = 'backup';
const TAG_BYTES = 16;
const BATCH = 500;

interface Header {
  format: typeof FORMAT;
  madeAt: string;
  key: Envelope; // of base64 of data key and iv
}

export class BackupError extends Error {
  override name = 'BackupError';
}

/** @returns documents by collection */
export async function writeBackup(
  { connection }: Database,
  keys: MasterKeys,
  path: string,
): Promise<Record<string, number>> {
  const secret = randomBytes(44);
  const header: Header = {
    format: FORMAT,
    madeAt: new Date().toISOString(),
    key: seal(keys, secret.toString('base64'), CONTEXT),
  };
  const counts: Record<string, number> = {};
  async function* lines(): AsyncGenerator<string> {
    const names = (await connection.db!.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name);
    for (const name of names.filter((one) => !one.startsWith('system.')).sort()) {
      counts[name] = 0;
      for await (const document of connection.db!.collection(name).find({})) {
        counts[name]++;
        yield `${EJSON.stringify({ collection: name, document }, { relaxed: false })}\n`;
      }
    }
    yield `${JSON.stringify({ end: counts })}\n`;
  }
  const cipher = createCipheriv('aes-256-gcm', secret.subarray(0, 32), secret.subarray(32));
  const draft = `${path}.part`;
  const out = createWriteStream(draft, { mode: 0o600 });
  out.write(`${JSON.stringify(header)}\n`);
  await pipeline(
    Readable.from(lines()),
    createGzip(),
    cipher,
    async function* (source) {
      yield* source;
      yield cipher.getAuthTag();
    },
    out,
  );
  await rename(draft, path);
  return counts;
}

/**
 * Reads the file twice: once to check all of it, once to write. Nothing is written where anything is wrong.
 * @throws BackupError where the file is none, was cut or changed, is another key's, or the database holds something already
 */
export async function restoreBackup(
  { connection }: Database,
  keys: MasterKeys,
  path: string,
): Promise<Record<string, number>> {
  const file = readHeader(path, keys);
  await check(file);
  const db = connection.db!;
  for (const { name } of await db.listCollections({}, { nameOnly: true }).toArray())
    if (name !== 'schema_migrations' && !name.startsWith('system.') && (await db.collection(name).findOne({})))
      throw new BackupError(`the database ${connection.name} is not empty (${name}): restore into an empty one`);
  await db.collection('schema_migrations').deleteMany({});
  const counts: Record<string, number> = {};
  const waiting = new Map<string, Document[]>();
  const flush = async (name: string): Promise<void> => {
    const documents = waiting.get(name) ?? [];
    waiting.delete(name);
    if (documents.length > 0) await db.collection(name).insertMany(documents, { ordered: false });
  };
  for await (const { collection, document } of documentsOf(file)) {
    counts[collection] = (counts[collection] ?? 0) + 1;
    const batch = waiting.get(collection) ?? [];
    batch.push(document);
    waiting.set(collection, batch);
    if (batch.length >= BATCH) await flush(collection);
  }
  for (const name of [...waiting.keys()]) await flush(name);
  return counts;
}

interface BackupFile {
  path: string;
  start: number;
  end: number; // of the ciphertext, exclusive
  tag: Buffer;
  secret: Buffer;
}

function readHeader(path: string, keys: MasterKeys): BackupFile {
  const handle = opened(path);
  try {
    const { size } = fstatSync(handle);
    const head = Buffer.alloc(Math.min(size, 4096));
    readSync(handle, head, 0, head.length, 0);
    const newline = head.indexOf('\n');
    const header = parsed(head.subarray(0, Math.max(0, newline)).toString('utf8'));
    if (header?.format !== FORMAT || size < newline + 1 + TAG_BYTES)
      throw new BackupError(`${path} is no backup of this product`);
    const tag = Buffer.alloc(TAG_BYTES);
    readSync(handle, tag, 0, TAG_BYTES, size - TAG_BYTES);
    if (!keys.byId(header.key.masterKeyId))
      throw new BackupError(
        `${path} opens with the master key ${header.key.masterKeyId}, which is not among those given`,
      );
    const secret = Buffer.from(open(keys, header.key, CONTEXT), 'base64');
    return { path, start: newline + 1, end: size - TAG_BYTES, tag, secret };
  } finally {
    closeSync(handle);
  }
}

function opened(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    throw new BackupError(`${path} cannot be read: ${(error as Error).message}`);
  }
}

function parsed(text: string): Header | null {
  try {
    return JSON.parse(text) as Header;
  } catch {
    return null;
  }
}

async function check(file: BackupFile): Promise<void> {
  const seen: Record<string, number> = {};
  let end: Record<string, number> | null = null;
  try {
    for await (const line of linesOf(file)) {
      const { collection, end: told } = JSON.parse(line) as { collection?: string; end?: Record<string, number> };
      if (collection !== undefined) seen[collection] = (seen[collection] ?? 0) + 1;
      else end = told ?? null;
    }
  } catch {
    throw new BackupError(`${file.path} was cut short or changed`);
  }
  const whole = end && Object.entries(end).every(([name, count]) => (seen[name] ?? 0) === count);
  if (!whole) throw new BackupError(`${file.path} was cut short`);
}

async function* documentsOf(file: BackupFile): AsyncGenerator<{ collection: string; document: Document }> {
  for await (const line of linesOf(file)) {
    const entry = EJSON.parse(line, { relaxed: false }) as { collection?: string; document?: Document };
    if (entry.collection !== undefined && entry.document)
      yield { collection: entry.collection, document: entry.document };
  }
}

async function* linesOf({ path, start, end, tag, secret }: BackupFile): AsyncGenerator<string> {
  const decipher = createDecipheriv('aes-256-gcm', secret.subarray(0, 32), secret.subarray(32)).setAuthTag(tag);
  const plain = new PassThrough();
  const reading = pipeline(createReadStream(path, { start, end: end - 1 }), decipher, createGunzip(), plain);
  reading.catch((error: Error) => plain.destroy(error));
  for await (const line of createInterface({ input: plain, crlfDelay: Infinity })) if (line) yield line;
  await reading;
}
