/** SIGN_IN_POLICY=strict: what is required of an account, and what is open to it until then. */
import { PASSWORD, secondFactor, startApi, type TestApi } from './testApi.js';

const CHOSEN = 'a password of my own choice';
type Json = Record<string, unknown>;

let t: TestApi;
let admin: string;
beforeAll(async () => {
  t = await startApi({ temporal: true }, { signInPolicy: 'strict' });
  admin = t.adminToken;
}, 90_000);
afterAll(() => t?.stop());

const required = async (token: string) => (await t.ask('GET', '/api/me', { token })).body.required;
const codeOf = async (method: string, path: string, token: string, body?: unknown) => {
  const answer = await t.ask(method, path, { token, body });
  return [answer.status, answer.body?.code];
};
const change = (token: string, password: string, currentPassword = PASSWORD) =>
  t.ask('PATCH', '/api/me', { token, body: { password, currentPassword } });
const limited = [403, 'PASSWORD_CHANGE_REQUIRED'];
const withoutFactor = [403, 'SECOND_FACTOR_REQUIRED'];

test('the administrator of a first start keeps the password and sets up a second factor, before anything else', async () => {
  expect(await required(admin)).toEqual(['secondFactor']);
  expect(await codeOf('GET', '/api/users', admin)).toEqual(withoutFactor);
  expect(await codeOf('POST', '/api/users', admin, { email: 'a@example.org', password: CHOSEN })).toEqual(
    withoutFactor,
  );
  await secondFactor(t, admin);
  expect(await required(admin)).toEqual([]);
  expect((await t.ask('GET', '/api/users', { token: admin })).status).toBe(200);
});

describe('an account that an administrator made', () => {
  let anna: { id: string; token: string };
  let recovery: string[];
  beforeAll(async () => {
    anna = await t.user('anna@example.org');
  });

  test('is told at sign-in what is required of it', async () => {
    const body = { email: 'anna@example.org', password: PASSWORD };
    const { user } = (await t.ask('POST', '/api/auth/login', { body })).body;
    expect(user.required).toEqual(['changePassword', 'secondFactor']);
    expect(await required(anna.token)).toEqual(user.required);
  });

  test('is refused on every route but those that the document marks as open', async () => {
    const { paths } = (await t.ask('GET', '/api/openapi.json')).body;
    const open: string[] = [];
    for (const [path, methods] of Object.entries<Record<string, Json>>(paths))
      for (const [method, operation] of Object.entries(methods)) {
        if (operation['x-access'] === 'public') continue;
        const name = `${method.toUpperCase()} ${path}`;
        if (operation['x-open-to-limited']) open.push(name);
        else if (operation['x-access'] === 'user')
          expect([name, ...(await codeOf(method.toUpperCase(), path.replace(/\{\w+\}/g, 'x'), anna.token))]).toEqual([
            name,
            ...limited,
          ]);
      }
    expect(open.sort()).toEqual([
      'DELETE /api/sessions',
      'DELETE /api/sessions/{id}',
      'GET /api/me',
      'GET /api/sessions',
      'GET /api/trading/status',
      'PATCH /api/me',
      'POST /api/admin/emergency-stop',
      'POST /api/auth/logout',
      'POST /api/me/totp',
      'POST /api/trading/emergency-stop',
      'POST /api/trading/stop',
    ]);
  });

  test('reads its status, stops and stops in an emergency all the same: safety goes before policy', async () => {
    const at = async (method: string, path: string) => (await codeOf(method, path, anna.token))[0];
    expect(await at('GET', '/api/trading/status')).toBe(200);
    // No worker runs here: the stop is in the books, and goes on.
    expect(await at('POST', '/api/trading/emergency-stop')).toBe(202);
    expect((await codeOf('POST', '/api/trading/stop', anna.token, { mode: 'nonsense' }))[0]).toBe(422);
    expect(await at('POST', '/api/trading/start')).toBe(403);
    expect((await t.repositories.status.get(anna.id))?.halted).toBe(true);
  }, 60_000);

  test('changes the password to another one, then sets up the second factor, and is free', async () => {
    const same = await change(anna.token, PASSWORD);
    expect([same.status, same.body.errors[0].path]).toEqual([422, 'password']);
    const changed = await change(anna.token, CHOSEN);
    expect([changed.status, changed.body.required]).toEqual([200, ['secondFactor']]);
    expect(await codeOf('GET', '/api/config', anna.token)).toEqual(withoutFactor);
    const other = await t.signIn('anna@example.org', CHOSEN);
    recovery = await secondFactor(t, anna.token);
    expect((await t.ask('GET', '/api/config', { token: anna.token })).status).toBe(200);
    expect((await t.ask('GET', '/api/me', { token: other })).status).toBe(401); // it had given no code
  });

  test('is limited again, its API tokens too, when the second factor is removed or the password is set for it', async () => {
    const post = (body: object) => t.ask('POST', '/api/me/totp', { token: anna.token, body });
    const { token } = (await t.ask('POST', '/api/tokens', { token: anna.token, body: { name: 'script' } })).body;
    expect((await t.ask('GET', '/api/config', { token })).status).toBe(200);
    expect((await post({ action: 'remove', code: recovery[0] })).body.enabled).toBe(false);
    expect(await codeOf('GET', '/api/config', token)).toEqual(withoutFactor);
    expect(await codeOf('GET', '/api/config', anna.token)).toEqual(withoutFactor);
    expect(await required(token)).toEqual(['secondFactor']);
    await t.ask('PATCH', `/api/users/${anna.id}`, { token: admin, body: { password: PASSWORD } });
    expect(await required(await t.signIn('anna@example.org'))).toEqual(['changePassword', 'secondFactor']);
  });
});

test('an administrator who is limited still stops everybody', async () => {
  const body = { email: 'ops@example.org', password: PASSWORD, role: 'admin' };
  expect((await t.ask('POST', '/api/users', { token: admin, body })).status).toBe(201);
  const token = await t.signIn('ops@example.org');
  expect(await codeOf('GET', '/api/admin/overview', token)).toEqual(limited);
  expect(await codeOf('POST', '/api/admin/release', token)).toEqual(limited);
  expect((await t.ask('POST', '/api/admin/emergency-stop', { token })).status).toBe(200);
  expect((await t.ask('POST', '/api/admin/release', { token: admin })).status).toBe(200);
});

test.each([
  ['common', 'Password1234'],
  ['the account’s address', 'Carl@example.org'],
  ['the product’s name', 'Crypto-Trader-Pro!'],
])('a password that is %s is refused wherever one is chosen, and not told', async (_what, password) => {
  const email = 'carl@example.org';
  const answers = [await t.ask('POST', '/api/users', { token: admin, body: { email, password } })];
  await t.ask('POST', '/api/users', { token: admin, body: { email, password: PASSWORD } });
  const { _id } = (await t.repositories.users.byEmail(email))!;
  answers.push(await t.ask('PATCH', `/api/users/${_id}`, { token: admin, body: { password } }));
  answers.push(await change(await t.signIn(email), password));
  for (const { status, body, text } of answers) {
    expect([status, body.code, body.errors.map((one: { path: string }) => one.path)]).toEqual([
      422,
      'VALIDATION_FAILED',
      ['password'],
    ]);
    expect(text).toContain('choose another');
    expect(text).not.toContain(password);
  }
});

test('an administrator’s own password is not one that somebody else chose', async () => {
  const { id } = (await t.ask('GET', '/api/me', { token: admin })).body;
  await t.ask('PATCH', `/api/users/${id}`, { token: admin, body: { password: CHOSEN } });
  expect((await t.repositories.users.get(id))?.temporaryPassword).toBe(false);
});
