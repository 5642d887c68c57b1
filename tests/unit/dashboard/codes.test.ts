import { CODE_LENGTH, mayBeCode } from '../../../dashboard/src/features/auth/codes.js';

test('an authenticator’s code and a recovery code as it is shown can be typed whole', () => {
  for (const code of [
    '123456',
    '123 456',
    '0f3a-91bc-77de-0042',
    '0F3A91BC77DE0042',
    '0f3a-91bc-77de-0042-6a1b-9c3d-e5f7',
  ]) {
    expect(mayBeCode(code)).toBe(true);
    expect(code.length).toBeLessThanOrEqual(CODE_LENGTH);
  }
});

test.each(['', '12345', '1234567', '0f3a-91bc-77de', 'zzzz-91bc-77de-0042'])('"%s" is no code', (code) => {
  expect(mayBeCode(code)).toBe(false);
});
