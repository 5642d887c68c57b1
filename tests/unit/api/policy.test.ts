import { passwordProblems, unchangedProblems } from '../../../api/auth/chosenPassword.js';
import { requiredOf } from '../../../api/auth/policy.js';

const secret = { keyId: '', key: '', data: '' } as never;
const totp = (confirmed: boolean) => ({ secret, confirmed, lastStep: 0, recovery: [] });

describe('the strict policy', () => {
  test('asks for a second factor until it is confirmed', () => {
    expect(requiredOf({ totp: null }, 'strict')).toEqual(['secondFactor']);
    expect(requiredOf({ totp: totp(false) }, 'strict')).toEqual(['secondFactor']);
    expect(requiredOf({ totp: totp(true) }, 'strict')).toEqual([]);
  });

  test('asks for another password first where an administrator chose it', () => {
    expect(requiredOf({ temporaryPassword: true, totp: null }, 'strict')).toEqual(['changePassword', 'secondFactor']);
    expect(requiredOf({ temporaryPassword: true, totp: totp(true) }, 'strict')).toEqual(['changePassword']);
    expect(requiredOf({ temporaryPassword: false, totp: totp(true) }, 'strict')).toEqual([]);
  });

  test('takes no common password, and none that stays as it is, however it is written', () => {
    expect(passwordProblems('strict', 'password1234', 'a@b.c').map(({ path }) => path)).toEqual(['password']);
    expect(passwordProblems('strict', undefined, 'a@b.c')).toEqual([]);
    expect(unchangedProblems('strict', 'ﬁne long password', 'fine long password')).toHaveLength(1);
    expect(unchangedProblems('strict', 'fine long password', 'Fine long password')).toEqual([]);
  });
});

test('the basic policy asks for nothing and has nothing against any password', () => {
  for (const temporaryPassword of [true, false, undefined])
    for (const factor of [null, totp(false), totp(true)])
      expect(requiredOf({ temporaryPassword, totp: factor }, 'basic')).toEqual([]);
  expect(passwordProblems('basic', 'password1234', 'a@b.c')).toEqual([]);
  expect(unchangedProblems('basic', 'same', 'same')).toEqual([]);
});
