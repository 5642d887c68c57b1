/** What is wrong with a password that somebody chooses, beyond its length (SIGN_IN_POLICY=strict). */
import { commonPasswords, comparable } from './commonPasswords.js';

const INSTEAD = 'choose another, such as four words that have nothing to do with each other';
export const COMMON = `is on lists of common and leaked passwords; ${INSTEAD}`;
export const OWN_WORDS = `is made of the e-mail address or of this product's name; ${INSTEAD}`;

const PRODUCT = ['crypto', 'trader', 'trading', 'pro'];
/** Letters. Shorter parts of an address are in too many passwords. */
const LEAST_WORD = 3;

/**
 * Null where there is nothing against it; else what is wrong and what would be right, never with the password itself.
 * @param email of the account that it is for
 */
export function weaknessOf(password: string, email: string, common = commonPasswords): string | null {
  if (common().has(comparable(password))) return COMMON;
  return isOwnWords(comparable(password), comparable(email)) ? OWN_WORDS : null;
}

/** Whether most of it is letters, and those are words of the address and of the product's name, one after another. */
function isOwnWords(password: string, email: string): boolean {
  const letters = lettersOf(password);
  if (letters.length * 2 <= password.length) return false;
  const parts = [...email.split('@'), ...email.split(/[^\p{L}]+/u)].map(lettersOf);
  return isMadeOf(letters, [...PRODUCT, ...parts.filter((part) => part.length >= LEAST_WORD)]);
}

const lettersOf = (text: string): string => text.replaceAll(/[^\p{L}]/gu, '');

/** Place by place, since a pattern could take ages over words that hold each other. */
function isMadeOf(text: string, words: readonly string[]): boolean {
  const reached = new Set([0]);
  for (let at = 0; at < text.length; at++)
    if (reached.has(at)) for (const word of words) if (text.startsWith(word, at)) reached.add(at + word.length);
  return reached.has(text.length);
}
