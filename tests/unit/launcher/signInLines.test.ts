import { signInLines } from '../../../launcher/signInLines.js';

const said = (...args: Parameters<typeof signInLines>) => signInLines(...args).join('\n');
const NONE = { adminEmail: undefined, adminPassword: undefined };
const admin = { email: 'admin@localhost', password: 'abcd-efgh' };

test('a first start tells the passwords that it made', () => {
  const demo = { email: 'demo@localhost', password: 'ijkl-mnop' };
  expect(said({ credentials: admin, demo }, NONE)).toMatch(
    /Sign in as +admin@localhost +password +abcd-efgh\n +or as +demo@localhost +password +ijkl-mnop +\(trades with paper money already\)\n.*only this once/,
  );
  expect(said({ credentials: admin, demo: { ...demo, symbols: ['XRP/USDT'] } }, NONE)).toContain(
    '(trades XRP/USDT with paper money already: the usual symbols are not listed here)',
  );
});

test('a password that was given is not repeated', () => {
  const lines = said({ credentials: admin }, { adminEmail: admin.email, adminPassword: admin.password });
  expect(lines).toContain('with ADMIN_PASSWORD');
  expect(lines).not.toContain(admin.password);
});

test('a later start names the administrators that there are', () => {
  expect(said({ administrators: ['boss@example.org'] }, NONE)).toContain(
    'Sign in as    boss@example.org with the password of the first start',
  );
  const many = ['a@x.y', 'b@x.y', 'c@x.y', 'd@x.y', 'e@x.y'];
  expect(said({ administrators: many }, NONE)).toContain("a@x.y, b@x.y, c@x.y and 2 more with that account's password");
});

test('an ADMIN_EMAIL that made no account is not told as one', () => {
  const administrators = ['boss@example.org'];
  const lines = said({ administrators }, { adminEmail: 'other@example.org', adminPassword: undefined });
  expect(lines).toContain('Sign in as    boss@example.org with');
  expect(lines).toContain('ADMIN_EMAIL (other@example.org) counts only where there is no administrator yet.');
  expect(said({ administrators }, { adminEmail: 'Boss@example.org', adminPassword: undefined })).not.toContain(
    'ADMIN_EMAIL',
  );
});
