import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { open, rewrap, SecretUnreadable, seal } from '../../../adapters/secrets/envelope.js';
import { loadMasterKeys, masterKeys, parseKeys, WrongMasterKey } from '../../../adapters/secrets/master-keys.js';

const [first] = parseKeys('1'.repeat(64), 'test');
const [second] = parseKeys('2'.repeat(64), 'test');
const keys = masterKeys([first!]);

describe('an envelope', () => {
  test('gives back any text to the same owner', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, owner) => {
        const wellFormed = Buffer.from(text, 'utf8').toString('utf8');
        expect(open(keys, seal(keys, wellFormed, owner), owner)).toBe(wellFormed);
      }),
    );
  });

  test('opens for nobody else and nowhere else', () => {
    const sealed = seal(keys, 'secret', 'credentials:anna');
    expect(() => open(keys, sealed, 'credentials:ben')).toThrow(SecretUnreadable);
    expect(() => open(keys, sealed, 'totp:anna')).toThrow(SecretUnreadable);
    expect(() => open(masterKeys([second!]), sealed, 'credentials:anna')).toThrow(/master key/);
  });

  test('does not open when any part of it was changed', () => {
    const sealed = seal(keys, 'secret', 'x');
    for (const part of ['wrappedKey', 'wrapIv', 'wrapTag', 'iv', 'tag', 'ciphertext'] as const) {
      const bytes = Buffer.from(sealed[part], 'base64');
      bytes[0] = bytes[0]! ^ 1;
      expect(() => open(keys, { ...sealed, [part]: bytes.toString('base64') }, 'x')).toThrow(SecretUnreadable);
    }
    expect(() => open(keys, { ...sealed, tag: sealed.tag.slice(0, 4) }, 'x')).toThrow(SecretUnreadable);
  });

  test('has a data key of its own: the same secret never looks the same', () => {
    const [one, other] = [seal(keys, 'secret', 'x'), seal(keys, 'secret', 'x')];
    for (const part of ['wrappedKey', 'iv', 'ciphertext'] as const) expect(one[part]).not.toBe(other[part]);
  });

  test('is wrapped anew under a new master key without its secret being touched', () => {
    const sealed = seal(keys, 'secret', 'x');
    const rotating = masterKeys([second!, first!]);
    const renewed = rewrap(rotating, sealed, 'x')!;
    expect(renewed.ciphertext).toBe(sealed.ciphertext);
    expect(open(masterKeys([second!]), renewed, 'x')).toBe('secret');
    expect(rewrap(rotating, renewed, 'x')).toBeNull();
  });
});

describe('master keys', () => {
  test('come as hex, as base64, or as any long text; the first is the current one', () => {
    const hex = 'ab'.repeat(32);
    const base64 = Buffer.alloc(32, 7).toString('base64');
    const [a, b, c] = parseKeys(
      `${hex},${base64}, a passphrase-of-more-than-32-characters`.replace(', a ', ','),
      'MASTER_KEY',
    );
    expect(a!.key.toString('hex')).toBe(hex);
    expect(b!.key).toEqual(Buffer.alloc(32, 7));
    expect(c!.key).toHaveLength(32);
    expect(new Set([a!.id, b!.id, c!.id]).size).toBe(3);
  });

  test('that are too short are named by their place and never shown', () => {
    const attempt = () => parseKeys(`${'ab'.repeat(32)},short-secret`, 'MASTER_KEY');
    expect(attempt).toThrow(WrongMasterKey);
    expect(attempt).toThrow(/MASTER_KEY: key 2/);
    expect(attempt).not.toThrow(/short-secret/);
  });

  test('are made once in the data directory, for its owner only', () => {
    const folder = mkdtempSync(join(tmpdir(), 'keys-'));
    try {
      const made = loadMasterKeys(undefined, folder);
      expect(loadMasterKeys(undefined, folder).current.id).toBe(made.current.id);
      const path = join(folder, 'master.key');
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(readFileSync(path, 'utf8').trim()).toMatch(/^[0-9a-f]{64}$/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
