/** Passwords: argon2id with OWASP's parameters. */
import { type Algorithm, hash, verify } from '@node-rs/argon2';

const PARAMETERS = { algorithm: 2 as Algorithm.Argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export const hashPassword = (password: string): Promise<string> => hash(password.normalize('NFKC'), PARAMETERS);

/** Of nobody's password: an unknown address takes as long to refuse as a known one. */
let nobody: Promise<string> | undefined;

export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
  nobody ??= hashPassword('nobody has this password');
  const matches = await verify(stored ?? (await nobody), password.normalize('NFKC'));
  return stored !== null && matches;
}
