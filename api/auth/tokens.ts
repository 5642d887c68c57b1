/** Opaque tokens: 256 random bits for the holder, their SHA-256 for the database. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

export const newToken = (prefix: 'cts' | 'ctp'): string => `${prefix}_${randomBytes(32).toString('base64url')}`;
export const newId = (): string => randomBytes(12).toString('hex');
export const tokenHash = (token: string): string => createHash('sha256').update(token).digest('hex');
export const looksLikeToken = (text: string): boolean => /^ct[sp]_[\w-]{43}$/.test(text);

/** Equal in a time that does not tell where they differ. */
export function sameText(a: string, b: string): boolean {
  const [one, other] = [a, b].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(one!, other!);
}

/** A password that a person can type off: 20 letters and digits without the ones that look alike. */
export function newPassword(): string {
  const letters = 'abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789';
  const pick = () => {
    for (;;) {
      const byte = randomBytes(1)[0]!;
      if (byte < 256 - (256 % letters.length)) return letters[byte % letters.length]!;
    }
  };
  return Array.from({ length: 4 }, () => Array.from({ length: 5 }, pick).join('')).join('-');
}
