/** Secrets that are planted, and where the product may have left one. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { BSON } from 'mongodb';
import type { Database } from '../../../adapters/database/connect.js';
import type { PayloadCodec } from '@temporalio/common';

/** Texts to search, by where they are from. */
export type Places = Record<string, string>;

/** `canary in place`, for every canary that is where it must not be; also as base64 and as hex. */
export function found(canaries: Readonly<Record<string, string>>, places: Places): string[] {
  return Object.entries(canaries).flatMap(([name, canary]) => {
    const shapes = [canary, ...inner64(canary), Buffer.from(canary).toString('hex')];
    return Object.entries(places)
      .filter(([, text]) => shapes.some((shape) => text.includes(shape)))
      .map(([place]) => `${name} in ${place}`);
  });
}

/** What of a text's base64, in either alphabet, stays the same whatever stands around it: three bytes are four letters. */
function inner64(text: string): string[] {
  return [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.from('x'.repeat(before) + text);
    const [begin, end] = [Math.ceil((before * 4) / 3), Math.floor((bytes.length * 4) / 3)];
    return (['base64', 'base64url'] as const).map((alphabet) => bytes.toString(alphabet).slice(begin, end));
  });
}

/** Every document of every collection. */
export async function databaseDump({ connection }: Database): Promise<Places> {
  const places: Places = {};
  for (const { name } of await connection.db!.listCollections({}, { nameOnly: true }).toArray()) {
    const documents = await connection.db!.collection(name).find({}).toArray();
    places[`collection ${name}`] = BSON.EJSON.stringify(documents);
  }
  return places;
}

/** Histories of every workflow: as they are stored, and (`decrypted`) as whoever holds the codec's key reads them. */
export async function histories(client: Client, codec: PayloadCodec): Promise<{ stored: Places; decrypted: Places }> {
  const [stored, decrypted]: Places[] = [{}, {}];
  // All runs of a workflow in one place.
  const add = (places: Places, place: string, text: string) => (places[place] = (places[place] ?? '') + text);
  for await (const { workflowId, runId, raw } of client.workflow.list()) {
    add(stored!, `listed ${workflowId}`, await textOf(raw, async () => undefined));
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const opened: Uint8Array[] = [];
    add(stored!, `history ${workflowId}`, await textOf(history, async () => undefined));
    const text = await textOf(history, async (payload) => {
      for (const { data } of await codec.decode([payload])) opened.push(data!);
    });
    const inside = opened.map((data) => Buffer.from(data).toString()).join('\n');
    add(decrypted!, `decrypted history ${workflowId}`, text + inside);
  }
  return { stored: stored!, decrypted: decrypted! };
}

/** All texts and bytes of a message; payloads are also handed on. */
async function textOf(value: unknown, payload: (found: never) => Promise<void>): Promise<string> {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (typeof value !== 'object' || value === null) return '';
  if ('metadata' in value && 'data' in value) await payload(value as never);
  const parts = await Promise.all(Object.values(value).map((one) => textOf(one, payload)));
  return parts.filter(Boolean).join('\n');
}

/** Files below a folder, but for those whose path has one of `but` in it. */
export function filesBelow(folder: string, but: readonly string[]): Places {
  const places: Places = {};
  for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, entry);
    if (but.some((part) => entry.includes(part)) || !statSync(path, { throwIfNoEntry: false })?.isFile()) continue;
    places[`file ${entry}`] = readFileSync(path, 'latin1');
  }
  return places;
}

/** Takes whatever is exported as traces. */
export interface Collector {
  url: string;
  /** Bodies, as they came. */
  received: string[];
  close(): void;
}

export async function startCollector(): Promise<Collector> {
  const received: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push(Buffer.concat(chunks).toString('utf8'));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received, close };
}
