/** The master keys: the current one seals, older ones still open what they sealed. */
import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface MasterKey {
  /** First twelve hex digits of the key's SHA-256: names it without telling it. */
  id: string;
  key: Buffer;
}

export interface MasterKeys {
  current: MasterKey;
  byId(id: string): MasterKey | undefined;
}

export class WrongMasterKey extends Error {
  override name = 'WrongMasterKey';
}

/**
 * Keys from the setting MASTER_KEY: one or more, separated by commas, the first is the current one; each is 32 bytes
 * in hex or base64, or any other text of at least 32 characters, from which a key is derived (HKDF-SHA-256). Without
 * the setting a key is made once in DATA_DIR/master.key, readable by its owner only.
 */
export function loadMasterKeys(setting: string | undefined, dataDir: string): MasterKeys {
  return masterKeys(setting ? parseKeys(setting, 'MASTER_KEY') : keysOfFile(join(dataDir, 'master.key')));
}

export function masterKeys(keys: readonly MasterKey[]): MasterKeys {
  const [current] = keys;
  if (!current) throw new WrongMasterKey('no master key given');
  const known = new Map(keys.map((key) => [key.id, key]));
  return { current, byId: (id) => known.get(id) };
}

/** @throws WrongMasterKey that says which key is wrong, never what it is */
export function parseKeys(text: string, where: string): MasterKey[] {
  const words = text.split(/[\s,]+/).filter(Boolean);
  if (words.length === 0) throw new WrongMasterKey(`${where}: no key in it`);
  return words.map((word, index) => {
    if (word.length < 32) {
      throw new WrongMasterKey(`${where}: key ${index + 1} is too short; give 32 bytes as 64 hex digits or as base64`);
    }
    const key = keyOf(word);
    return { id: createHash('sha256').update(key).digest('hex').slice(0, 12), key };
  });
}

function keyOf(word: string): Buffer {
  if (/^[0-9a-f]{64}$/i.test(word)) return Buffer.from(word, 'hex');
  if (/^[A-Za-z0-9+/]{43}=$/.test(word)) return Buffer.from(word, 'base64');
  return Buffer.from(hkdfSync('sha256', word, '', 'crypto-trader-pro master key', 32));
}

function keysOfFile(path: string): MasterKey[] {
  if (!existsSync(path)) {
    mkdirSync(dirname(path), { recursive: true });
    const draft = `${path}.${process.pid}`;
    writeFileSync(draft, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 });
    try {
      linkSync(draft, path); // of several processes that start at once exactly one wins, and none sees half a key
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(draft);
    }
  }
  return parseKeys(readFileSync(path, 'utf8'), path);
}
