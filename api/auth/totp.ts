/** Two-factor sign-in: time-based codes (RFC 6238), each used once, and recovery codes. */
import { createHash, randomBytes } from 'node:crypto';
import { authenticator } from 'otplib';
import type { UserDocument } from '../../adapters/database/documents.js';
import type { Repositories } from '../../adapters/database/repositories.js';
import { open, seal } from '../../adapters/secrets/envelope.js';
import type { MasterKeys } from '../../adapters/secrets/master-keys.js';
import { conflict, invalid } from '../http/problem.js';

const ISSUER = 'Crypto Trader Pro';
const STEP_MS = 30_000;
/** One step of clock difference either way. */
const codes = authenticator.clone({ window: 1 });
const context = (userId: string) => `totp:${userId}`;
/** 112 bits, from which on a plain hash will do (OWASP ASVS 5.0, 6.5.2). Before version 0.3 they had 64. */
const RECOVERY_BYTES = 14;
const RECOVERY_CODE = /^([0-9a-f]{28}|[0-9a-f]{16})$/;
const hashOf = (code: string) => createHash('sha256').update(code).digest('hex');

export function createTotp(repositories: Repositories, keys: MasterKeys) {
  async function accept(user: UserDocument, given: string): Promise<boolean> {
    if (!user.totp) return false;
    const code = given.replaceAll(/[\s-]/g, '').toLowerCase();
    if (RECOVERY_CODE.test(code)) return repositories.users.useRecoveryCode(user._id, hashOf(code));
    if (!/^\d{6}$/.test(code)) return false;
    const delta = codes.checkDelta(code, open(keys, user.totp.secret, context(user._id)));
    if (delta === null) return false;
    return repositories.users.useTotpStep(user._id, Math.floor(Date.now() / STEP_MS) + delta);
  }

  async function require(user: UserDocument, code: string, path = 'code'): Promise<void> {
    if (!(await accept(user, code))) throw invalid([{ path, message: 'is not a valid code, or was used already' }]);
  }

  return {
    /** Whether the code is right; a right one is used up by asking. */
    accept,

    isOn: (user: UserDocument): boolean => user.totp?.confirmed === true,

    async enrol(user: UserDocument) {
      if (user.totp?.confirmed) throw conflict('Two-factor sign-in is on already; remove it first.', 'TOTP_ALREADY_ON');
      const secret = authenticator.generateSecret(20);
      const sealed = seal(keys, secret, context(user._id));
      await repositories.users.update(user._id, {
        totp: { secret: sealed, confirmed: false, lastStep: 0, recovery: [] },
      });
      return { enabled: false, secret, otpauthUrl: authenticator.keyuri(user.email, ISSUER, secret) };
    },

    async confirm(user: UserDocument, code: string) {
      if (!user.totp) throw conflict('Nothing to confirm: enrol first.', 'TOTP_NOT_ENROLLED');
      if (user.totp.confirmed) throw conflict('Two-factor sign-in is on already.', 'TOTP_ALREADY_ON');
      await require(user, code);
      const recoveryCodes = Array.from({ length: 10 }, () => randomBytes(RECOVERY_BYTES).toString('hex'));
      const stored = (await repositories.users.get(user._id))?.totp ?? user.totp;
      await repositories.users.update(user._id, {
        totp: { ...stored, confirmed: true, recovery: recoveryCodes.map(hashOf) },
      });
      return { enabled: true, recoveryCodes: recoveryCodes.map((text) => text.match(/.{4}/g)!.join('-')) };
    },

    async remove(user: UserDocument, code: string) {
      if (!user.totp?.confirmed) throw conflict('Two-factor sign-in is off.', 'TOTP_NOT_ENROLLED');
      await require(user, code);
      await repositories.users.update(user._id, { totp: null });
      return { enabled: false };
    },

    require,
  };
}

export type Totp = ReturnType<typeof createTotp>;
