/** What the sign-in policy has against a password that somebody chooses, as wrong fields of the request. */
import type { SignInPolicy } from '../../adapters/settings.js';
import { weaknessOf } from '../../adapters/passwords/weakness.js';
import type { FieldError } from '../http/problem.js';

/** @param email of the account that it is for */
export function passwordProblems(policy: SignInPolicy, password: string | undefined, email: string): FieldError[] {
  const message = policy === 'strict' && password !== undefined ? weaknessOf(password, email) : null;
  return message === null ? [] : [{ path: 'password', message }];
}

/** A change that changes nothing leaves whoever knew the password knowing it. `current` has been found right. */
export function unchangedProblems(policy: SignInPolicy, password: string, current: string): FieldError[] {
  const same = password.normalize('NFKC') === current.normalize('NFKC');
  return policy === 'strict' && same ? [{ path: 'password', message: 'is the present one; choose another' }] : [];
}
