/**
 * Envelope encryption with AES-256-GCM: every record has a data key of its own, which the master key wraps. The
 * associated data binds a record to its owner and place, so that a record copied to another user does not open.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { MasterKeys } from './master-keys.js';

/** Everything but the key ids is base64. */
export interface Envelope {
  version: 1;
  masterKeyId: string;
  wrappedKey: string;
  wrapIv: string;
  wrapTag: string;
  iv: string;
  tag: string;
  ciphertext: string;
}

export class SecretUnreadable extends Error {
  override name = 'SecretUnreadable';
}

/**
 * @param context who and what the secret belongs to, such as `exchange_credentials:<userId>`; needed again to open
 */
export function seal(keys: MasterKeys, plaintext: string, context: string): Envelope {
  const dataKey = randomBytes(32);
  const body = encrypt(dataKey, Buffer.from(plaintext, 'utf8'), context);
  const envelope: Envelope = {
    version: 1,
    ...wrap(keys, dataKey, context),
    iv: body.iv,
    tag: body.tag,
    ciphertext: body.ciphertext,
  };
  dataKey.fill(0);
  return envelope;
}

/** @throws SecretUnreadable where the master key is gone, the context is another one, or the record was changed */
export function open(keys: MasterKeys, envelope: Envelope, context: string): string {
  const dataKey = unwrap(keys, envelope, context);
  try {
    return decrypt(dataKey, envelope, context).toString('utf8');
  } finally {
    dataKey.fill(0);
  }
}

/** The same record under the current master key; the secret itself is not touched. Null when nothing is to be done. */
export function rewrap(keys: MasterKeys, envelope: Envelope, context: string): Envelope | null {
  if (envelope.masterKeyId === keys.current.id) return null;
  const dataKey = unwrap(keys, envelope, context);
  const renewed = { ...envelope, ...wrap(keys, dataKey, context) };
  dataKey.fill(0);
  return renewed;
}

function wrap(keys: MasterKeys, dataKey: Buffer, context: string) {
  const { iv, tag, ciphertext } = encrypt(keys.current.key, dataKey, `${context}|${keys.current.id}`);
  return { masterKeyId: keys.current.id, wrappedKey: ciphertext, wrapIv: iv, wrapTag: tag };
}

function unwrap(keys: MasterKeys, envelope: Envelope, context: string): Buffer {
  const master = keys.byId(envelope.masterKeyId);
  if (!master) throw new SecretUnreadable(`the master key ${envelope.masterKeyId} of this record is not known here`);
  const { wrappedKey: ciphertext, wrapIv: iv, wrapTag: tag } = envelope;
  return decrypt(master.key, { iv, tag, ciphertext }, `${context}|${master.id}`);
}

function encrypt(key: Buffer, plaintext: Buffer, context: string) {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(context, 'utf8'));
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  const base64 = (bytes: Buffer) => bytes.toString('base64');
  return { iv: base64(iv), tag: base64(cipher.getAuthTag()), ciphertext: base64(ciphertext) };
}

function decrypt(key: Buffer, part: { iv: string; tag: string; ciphertext: string }, context: string): Buffer {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(part.iv, 'base64'), { authTagLength: 16 })
      .setAAD(Buffer.from(context, 'utf8'))
      .setAuthTag(Buffer.from(part.tag, 'base64'));
    return Buffer.concat([decipher.update(Buffer.from(part.ciphertext, 'base64')), decipher.final()]);
  } catch {
    throw new SecretUnreadable('the record does not open: it was changed, or belongs to someone else');
  }
}
