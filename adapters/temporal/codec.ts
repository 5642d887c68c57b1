/**
 * Encrypts every payload of a workflow (arguments, results, details of failures) before it leaves this process for
 * Temporal, with AES-256-GCM. What a history, a backup of Temporal's database or the Web UI holds is then cipher text.
 * Payloads that were stored in clear stay readable, so that a running installation can turn it on.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';
import { type MasterKeys, masterKeys, parseKeys } from '../secrets/master-keys.js';

const { Payload: PayloadMessage } = proto.temporal.api.common.v1;

/** What `metadata` says of a payload of ours: that it is one, and under which key. */
export const ENCRYPTED = 'binary/encrypted';
const KEY_ID = 'encryption-key-id';

const IV_BYTES = 12;
const TAG_BYTES = 16;

export class PayloadUnreadable extends Error {
  override readonly name = 'PayloadUnreadable';
}

/** The keys of TEMPORAL_CODEC_KEY: written like MASTER_KEY, several with commas between; the first encrypts, all decrypt. */
export const codecKeys = (setting: string): MasterKeys => masterKeys(parseKeys(setting, 'TEMPORAL_CODEC_KEY'));

/** Decoding throws PayloadUnreadable where the key is not known here or the payload was changed. */
export function createCodec(keys: MasterKeys): PayloadCodec {
  return {
    encode: async (payloads) => payloads.map((payload) => encrypted(keys, payload)),
    decode: async (payloads) => payloads.map((payload) => decrypted(keys, payload)),
  };
}

function encrypted({ current }: MasterKeys, payload: Payload): Payload {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', current.key, iv).setAAD(Buffer.from(current.id));
  const body = Buffer.concat([cipher.update(PayloadMessage.encode(payload).finish()), cipher.final()]);
  return {
    metadata: { encoding: Buffer.from(ENCRYPTED), [KEY_ID]: Buffer.from(current.id) },
    data: Buffer.concat([iv, cipher.getAuthTag(), body]),
  };
}

function decrypted(keys: MasterKeys, payload: Payload): Payload {
  if (textOf(payload.metadata?.['encoding']) !== ENCRYPTED) return payload;
  const id = textOf(payload.metadata?.[KEY_ID]);
  const known = keys.byId(id);
  if (!known) throw new PayloadUnreadable(`TEMPORAL_CODEC_KEY: the key ${id} that encrypted this payload is not in it`);
  const data = Buffer.from(payload.data ?? []);
  const [iv, tag] = [data.subarray(0, IV_BYTES), data.subarray(IV_BYTES, IV_BYTES + TAG_BYTES)];
  try {
    const decipher = createDecipheriv('aes-256-gcm', known.key, iv, { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(id))
      .setAuthTag(tag);
    const body = decipher.update(data.subarray(IV_BYTES + TAG_BYTES));
    return PayloadMessage.decode(Buffer.concat([body, decipher.final()])) as Payload;
  } catch {
    throw new PayloadUnreadable('a payload does not open: it was changed, or is not complete');
  }
}

const textOf = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString('utf8');
