/** Limits on failed sign-ins only: by account and address together, by account, and by address. */
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { Problem } from '../http/problem.js';

export interface SignInLimits {
  /** Throws 429 while one of the limits is exceeded. */
  check(email: string, ip: string): Promise<void>;
  failed(email: string, ip: string): Promise<void>;
  succeeded(email: string, ip: string): Promise<void>;
}

const MINUTE = 60;

export function createSignInLimits(): SignInLimits {
  const limits = [
    { by: (email: string, ip: string) => `${email} ${ip}`, limiter: limiter(10, 15 * MINUTE) },
    // Guessing one account's password from many addresses; high enough that nobody is locked out in passing.
    { by: (email: string) => email, limiter: limiter(100, 60 * MINUTE) },
    { by: (_: string, ip: string) => ip, limiter: limiter(100, 15 * MINUTE) },
  ];
  return {
    async check(email, ip) {
      for (const { by, limiter: one } of limits) {
        const state = await one.get(by(email, ip));
        if (state && state.consumedPoints >= one.points) throw tooMany(state.msBeforeNext);
      }
    },
    async failed(email, ip) {
      await Promise.all(limits.map(({ by, limiter: one }) => one.penalty(by(email, ip))));
    },
    async succeeded(email, ip) {
      await limits[0]!.limiter.delete(limits[0]!.by(email, ip));
    },
  };
}

const limiter = (points: number, duration: number) => new RateLimiterMemory({ points, duration });

function tooMany(ms: number): Problem {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  return new Problem(429, 'TOO_MANY_SIGN_INS', `Too many failed sign-ins; try again in ${seconds} s.`, {
    headers: { 'retry-after': String(seconds) },
  });
}
