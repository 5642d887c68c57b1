/** Limits on failed sign-ins only: by account and address together, by account, and by address. */
import type { SignInFailuresRepository } from '../../adapters/database/signInFailuresRepository.js';
import { Problem } from '../http/problem.js';

export interface SignInLimits {
  /** Throws 429 while one of the limits is exceeded. */
  check(email: string, ip: string): Promise<void>;
  failed(email: string, ip: string): Promise<void>;
  succeeded(email: string, ip: string): Promise<void>;
  /**
   * The answer of `work`, which asks somebody who is signed in for a secret: one that it finds wrong (422) counts as a
   * failure. Throws 429 as `check` does.
   */
  counted<T>(email: string, ip: string, work: () => Promise<T>): Promise<T>;
}

const MINUTE = 60;
const LIMITS = [
  { by: (email: string, ip: string) => `both ${email} ${ip}`, points: 10, seconds: 15 * MINUTE },
  // Guessing one account's password from many addresses; high enough that nobody is locked out in passing.
  { by: (email: string) => `account ${email}`, points: 100, seconds: 60 * MINUTE },
  { by: (_: string, ip: string) => `address ${ip}`, points: 100, seconds: 15 * MINUTE },
];

/** Counted in the database: the same for all API processes, and not forgotten with one of them. */
export function createSignInLimits(failures: SignInFailuresRepository): SignInLimits {
  // As accounts are looked up: another spelling of an address is no other account.
  const named = (email: string): string => email.trim().toLowerCase();
  const limits: SignInLimits = {
    async check(email, ip) {
      const now = new Date();
      const counts = await Promise.all(LIMITS.map(({ by }) => failures.get(by(named(email), ip), now)));
      for (const [index, found] of counts.entries())
        if (found && found.count >= LIMITS[index]!.points) throw tooMany(found.until.getTime() - now.getTime());
    },
    async failed(email, ip) {
      await Promise.all(LIMITS.map(({ by, seconds }) => failures.add(by(named(email), ip), seconds)));
    },
    async succeeded(email, ip) {
      await failures.forget(LIMITS[0]!.by(named(email), ip));
    },
    async counted(email, ip, work) {
      await limits.check(email, ip);
      try {
        return await work();
      } catch (error) {
        if (error instanceof Problem && error.status === 422) await limits.failed(email, ip);
        throw error;
      }
    },
  };
  return limits;
}

function tooMany(ms: number): Problem {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  return new Problem(429, 'TOO_MANY_SIGN_INS', `Too many failed sign-ins; try again in ${seconds} s.`, {
    headers: { 'retry-after': String(seconds) },
  });
}
