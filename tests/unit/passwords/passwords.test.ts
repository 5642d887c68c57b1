import fc from 'fast-check';
import { commonPasswords, comparable } from '../../../adapters/passwords/commonPasswords.js';
import { COMMON, OWN_WORDS, weaknessOf } from '../../../adapters/passwords/weakness.js';
import { newPassword } from '../../../api/auth/tokens.js';

const EMAIL = 'anna.kim@example.org';
const weakness = (password: string) => weaknessOf(password, EMAIL);

describe('the list of common passwords', () => {
  test('holds those of at least twelve characters, more than the most common three thousand', () => {
    const all = [...commonPasswords()];
    expect(all.length).toBeGreaterThan(12_000);
    expect(all.filter((one) => one.length < 12 || one !== comparable(one))).toEqual([]);
    expect(commonPasswords()).toBe(commonPasswords());
  });
});

describe('a password', () => {
  test.each(['password1234', 'PassWord1234', '1234567890qwerty', 'ｐａｓｓｗｏｒｄ１２３４'])(
    '%s is common',
    (password) => {
      expect(weakness(password)).toBe(COMMON);
    },
  );

  test.each([
    EMAIL,
    'Anna.Kim@EXAMPLE.org!',
    'annakim2026annakim',
    'CryptoTraderPro',
    'crypto-trader-pro-2026',
    'Crypto Trader 1!',
    'trader example',
  ])('%s is made of the address or the product’s name', (password) => {
    expect(weakness(password)).toBe(OWN_WORDS);
  });

  test.each([
    'correct horse battery',
    'crypto correct horse',
    'anna likes long walks',
    '830174926550-pro',
    '비밀 번호 🔑 네 단어',
  ])('%s is neither', (password) => {
    expect(weakness(password)).toBeNull();
  });

  test('that the product makes up is none of them', () => {
    for (let i = 0; i < 200; i++) expect(weakness(newPassword())).toBeNull();
  });

  test('is judged in no time, whatever it and the address are', () => {
    const words = 'a'.repeat(64);
    const begun = performance.now();
    expect(weaknessOf(`${'a'.repeat(255)}b`, `${words}@aaa.aaaa.aaaaa.aaaaaa`)).toBeNull();
    expect(performance.now() - begun).toBeLessThan(500);
    fc.assert(
      fc.property(fc.string(), fc.string(), (password, email) =>
        [null, COMMON, OWN_WORDS].includes(weaknessOf(password, email)),
      ),
    );
  });

  test('is not told by what is said against it', () => {
    for (const said of [COMMON, OWN_WORDS]) expect(said).toMatch(/^is .*; choose another/);
  });
});
