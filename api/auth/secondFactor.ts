/** The second factor, asked for again where keys change or real money begins. */
import type { UserDocument } from '../../adapters/database/documents.js';
import { invalid } from '../http/problem.js';
import type { SignInLimits } from './signInLimits.js';
import type { Totp } from './totp.js';

export interface SecondFactor {
  isOn(user: UserDocument): boolean;
  /**
   * Whoever took over a sign-in goes no further where a second factor is on. A right code is used up; wrong ones count as
   * failed sign-ins do.
   *
   * @throws 422 without a code or with a wrong one, 429 after too many
   */
  confirm(user: UserDocument, code: string | undefined, ip: string): Promise<void>;
}

export function createSecondFactor({ isOn, require }: Totp, limits: SignInLimits): SecondFactor {
  return {
    isOn,
    async confirm(user, code, ip) {
      if (!isOn(user)) return;
      if (code === undefined) throw invalid([{ path: 'totp', message: 'is missing: two-factor sign-in is on' }]);
      await limits.counted(user.email, ip, () => require(user, code, 'totp'));
    },
  };
}
