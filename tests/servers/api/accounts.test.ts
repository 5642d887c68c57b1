import { createHook } from 'node:async_hooks';
import { authenticator } from 'otplib';
import { eventually } from '../../support/trading.js';
import { ADMIN, PASSWORD, startApi, type TestApi } from './testApi.js';

let t: TestApi;
let anna: { id: string; token: string };
let ben: { id: string; token: string };
beforeAll(async () => {
  t = await startApi({ temporal: true });
  anna = await t.user('anna@example.org');
  ben = await t.user('ben@example.org');
}, 90_000);
afterAll(() => t?.stop());

const errorPaths = (body: { errors?: { path: string }[] }) => (body.errors ?? []).map(({ path }) => path).sort();

describe('signing in', () => {
  test('gives a token that opens /api/me, with the address in any case', async () => {
    const answer = await t.ask('POST', '/api/auth/login', { body: { email: 'ANNA@Example.org', password: PASSWORD } });
    expect(answer.status).toBe(200);
    expect(answer.body.user).toMatchObject({
      id: anna.id,
      email: 'anna@example.org',
      role: 'user',
      emailVerified: true,
    });
    const me = await t.ask('GET', '/api/me', { token: answer.body.token });
    expect(me.body.id).toBe(anna.id);
  });

  test('refuses a wrong password and an unknown address with the same answer', async () => {
    const wrong = await t.ask('POST', '/api/auth/login', {
      body: { email: 'ben@example.org', password: 'wrong wrong wrong' },
    });
    const unknown = await t.ask('POST', '/api/auth/login', {
      body: { email: 'no@example.org', password: 'wrong wrong wrong' },
    });
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    const { requestId: _one, ...a } = wrong.body;
    const { requestId: _other, ...b } = unknown.body;
    expect(a).toEqual(b);
    expect(wrong.headers.get('content-type')).toContain('application/problem+json');
    expect(a.code).toBe('WRONG_CREDENTIALS');
  });

  test('hashes once for an unknown address, too, so that it takes as long as a known one', async () => {
    const hank = await t.user('hank@example.org');
    await t.ask('PATCH', `/api/users/${hank.id}`, { token: t.adminToken, body: { disabled: true } });
    // Argon2 runs on a thread of its own: a task that has no name. Nothing else here is one.
    let hashes = 0;
    const hook = createHook({ init: (_id, type) => void (hashes += type === 'undefined' ? 1 : 0) }).enable();
    for (const email of ['ben@example.org', 'no@example.org', 'hank@example.org']) {
      hashes = 0;
      await t.ask('POST', '/api/auth/login', { body: { email, password: 'wrong wrong wrong' } });
      expect([email, hashes]).toEqual([email, 1]);
    }
    hook.disable();
  });

  test('ends with signing out', async () => {
    const token = await t.signIn('anna@example.org');
    expect((await t.ask('POST', '/api/auth/logout', { token })).status).toBe(204);
    expect((await t.ask('GET', '/api/me', { token })).status).toBe(401);
  });

  test('is limited by failures only', async () => {
    const carl = await t.user('carl@example.org');
    for (let i = 0; i < 15; i++) expect(await t.signIn('carl@example.org')).toMatch(/^cts_/);
    for (let i = 0; i < 10; i++)
      await t.ask('POST', '/api/auth/login', { body: { email: 'carl@example.org', password: 'wrong wrong wrong' } });
    const right = { email: 'Carl@Example.org', password: PASSWORD };
    const limited = await t.ask('POST', '/api/auth/login', { body: right });
    expect(limited.status).toBe(429);
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await t.ask('GET', '/api/me', { token: carl.token })).status).toBe(200);
    expect(await t.signIn('ben@example.org')).toMatch(/^cts_/);
  });

  /** Ten at a time, as the proxy before the API tells their addresses. */
  async function failures(count: number, of: (index: number) => { email: string; ip: string }): Promise<void> {
    for (let i = 0; i < count; i += 10)
      await Promise.all(Array.from({ length: 10 }, (_, index) => signInFrom(of(i + index), 'wrong wrong wrong')));
  }
  const signInFrom = async ({ email, ip }: { email: string; ip: string }, password = PASSWORD) => {
    const options = { body: { email, password }, headers: { 'x-forwarded-for': ip } };
    return (await t.ask('POST', '/api/auth/login', options)).status;
  };

  test('is limited by account alone: a hundred failures from a hundred addresses', async () => {
    await t.user('iris@example.org');
    const email = 'iris@example.org';
    await failures(90, (index) => ({ email, ip: `198.51.100.${index}` }));
    expect(await signInFrom({ email, ip: '192.0.2.1' })).toBe(200);
    await failures(10, (index) => ({ email, ip: `198.51.100.${100 + index}` }));
    expect(await signInFrom({ email, ip: '192.0.2.2' })).toBe(429);
    expect(await signInFrom({ email: 'ben@example.org', ip: '198.51.100.1' })).toBe(200);
  });

  test('is limited by address alone: a hundred failures of a hundred accounts', async () => {
    const ip = '203.0.113.7';
    await failures(90, (index) => ({ email: `nobody${index}@example.org`, ip }));
    expect(await signInFrom({ email: 'ben@example.org', ip })).toBe(200);
    await failures(10, (index) => ({ email: `somebody${index}@example.org`, ip }));
    expect(await signInFrom({ email: 'ben@example.org', ip })).toBe(429);
    expect(await signInFrom({ email: 'ben@example.org', ip: '203.0.113.8' })).toBe(200);
  });

  test.each([
    ['the old password', 'PATCH', '/api/me', { password: 'another long password', currentPassword: 'wrong' }],
    ['the second factor', 'POST', '/api/me/totp', { action: 'confirm', code: '000000' }],
  ] as const)('limits %s as well, also of whoever is signed in', async (what, method, path, body) => {
    const { token } = await t.user(`${what.replaceAll(' ', '-')}@example.org`);
    await t.ask('POST', '/api/me/totp', { token, body: { action: 'enrol' } });
    const ask = async () => (await t.ask(method, path, { token, body })).status;
    for (let i = 0; i < 10; i++) expect(await ask()).toBe(422);
    expect(await ask()).toBe(429);
  });

  test('lasts a week from its last use, and a month at most', async () => {
    const DAY_MS = 86_400_000;
    const token = await t.signIn('ben@example.org');
    const { items } = (await t.ask('GET', '/api/sessions', { token })).body;
    const { id } = items.find((one: { current: boolean }) => one.current);
    const inDays = (days: number) => new Date(Date.now() + days * DAY_MS);
    const aged = async (days: number, left: number) => {
      const $set = { createdAt: inDays(-days), lastUsedAt: inDays(left - 7), expiresAt: inDays(left) };
      await t.database.models.sessions.updateOne({ publicId: id }, { $set });
      return (await t.ask('GET', '/api/me', { token })).status;
    };
    const daysLeft = async () =>
      ((await t.database.models.sessions.findOne({ publicId: id }).lean())!.expiresAt.getTime() - Date.now()) / DAY_MS;
    expect(await daysLeft()).toBeCloseTo(7, 2);
    expect(await aged(10, 1)).toBe(200);
    await eventually(daysLeft, (days) => Math.abs(days - 7) < 0.01);
    expect(await aged(28, 1)).toBe(200);
    await eventually(daysLeft, (days) => Math.abs(days - 2) < 0.01);
    expect(await aged(28, 0)).toBe(401);
  });

  test('keeps only the hash of a token', async () => {
    const stored = JSON.stringify(await t.database.models.sessions.find({}).lean());
    expect(stored).toContain(anna.id);
    expect(stored).not.toContain(anna.token);
  });
});

describe("the dashboard's cookie", () => {
  const cookiesOf = (headers: Headers) => headers.getSetCookie();

  test('is HttpOnly and SameSite=Strict, and changes need the CSRF token', async () => {
    const { headers, body } = await t.ask('POST', '/api/auth/login', {
      body: { email: 'anna@example.org', password: PASSWORD },
    });
    const [session, csrf] = cookiesOf(headers);
    expect(session).toMatch(/^session=.*HttpOnly.*SameSite=Strict/);
    expect(csrf).not.toMatch(/HttpOnly/);
    const cookie = [session!, csrf!].map((one) => one.split(';')[0]).join('; ');
    expect((await t.ask('GET', '/api/me', { headers: { cookie } })).status).toBe(200);
    const without = await t.ask('PATCH', '/api/me', { body: { locale: 'ko' }, headers: { cookie } });
    expect([without.status, without.body.code]).toEqual([403, 'CSRF']);
    const forged = await t.ask('PATCH', '/api/me', {
      body: { locale: 'ko' },
      headers: { cookie, 'x-csrf-token': 'x'.repeat(43) },
    });
    expect(forged.status).toBe(403);
    const right = { cookie, 'x-csrf-token': body.csrfToken };
    expect((await t.ask('PATCH', '/api/me', { body: { locale: 'ko' }, headers: right })).body.locale).toBe('ko');
    const foreign = { ...right, origin: 'https://evil.example' };
    const crossSite = { ...right, 'sec-fetch-site': 'cross-site' };
    for (const headers of [foreign, crossSite])
      expect((await t.ask('PATCH', '/api/me', { body: { locale: 'en' }, headers })).body.code).toBe('WRONG_ORIGIN');
    const ownPage = { ...right, 'sec-fetch-site': 'same-origin', origin: t.url };
    expect((await t.ask('PATCH', '/api/me', { body: { locale: 'en' }, headers: ownPage })).status).toBe(200);
  });
});

describe('accounts', () => {
  test('are made by administrators only', async () => {
    const body = { email: 'dora@example.org', password: PASSWORD };
    expect((await t.ask('POST', '/api/users', { token: anna.token, body })).status).toBe(403);
    expect((await t.ask('GET', '/api/users', { token: anna.token })).status).toBe(403);
    expect((await t.ask('POST', '/api/users', { body })).status).toBe(401);
    const made = await t.ask('POST', '/api/users', { token: t.adminToken, body });
    expect([made.status, made.body.role, made.body.emailVerified]).toEqual([201, 'user', true]);
    const again = await t.ask('POST', '/api/users', {
      token: t.adminToken,
      body: { ...body, email: 'DORA@example.org' },
    });
    expect([again.status, again.body.code]).toEqual([409, 'EMAIL_TAKEN']);
  });

  test('need a password of twelve characters and a real address; every wrong field is named', async () => {
    const body = { email: 'nonsense', password: 'elevenchars', role: 'king', isAdmin: true };
    const answer = await t.ask('POST', '/api/users', { token: t.adminToken, body });
    expect(answer.status).toBe(422);
    expect(errorPaths(answer.body)).toEqual(['email', 'isAdmin', 'password', 'role']);
  });

  test('take a password of up to 256 characters of any kind, and keep its argon2id hash', async () => {
    const password = '비밀 번호 🔑 == "\'\\; '.repeat(16);
    expect([...password]).toHaveLength(256);
    const make = (email: string, chosen: string) =>
      t.ask('POST', '/api/users', { token: t.adminToken, body: { email, password: chosen } });
    expect((await make('jo@example.org', password)).status).toBe(201);
    expect(await t.signIn('jo@example.org', password)).toMatch(/^cts_/);
    expect(await t.signIn('jo@example.org', password.slice(0, -1))).toBeUndefined();
    const tooLong = await make('jon@example.org', `${password}.`);
    expect([tooLong.status, errorPaths(tooLong.body)]).toEqual([422, ['password']]);
    const stored = await t.repositories.users.byEmail('jo@example.org');
    expect(stored?.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  test('that are disabled are signed out at once', async () => {
    const emma = await t.user('emma@example.org');
    await t.ask('PATCH', `/api/users/${emma.id}`, { token: t.adminToken, body: { disabled: true } });
    expect((await t.ask('GET', '/api/me', { token: emma.token })).status).toBe(401);
    expect(await t.signIn('emma@example.org')).toBeUndefined();
  });

  test('of administrators cannot take their own role away', async () => {
    const me = await t.ask('GET', '/api/me', { token: t.adminToken });
    const answer = await t.ask('PATCH', `/api/users/${me.body.id}`, { token: t.adminToken, body: { role: 'user' } });
    expect(answer.status).toBe(409);
    expect(me.body.email).toBe(ADMIN);
  });

  test('change their password with the old one, which ends other sign-ins', async () => {
    const fay = await t.user('fay@example.org');
    const other = await t.signIn('fay@example.org');
    const change = (currentPassword: string) =>
      t.ask('PATCH', '/api/me', { token: fay.token, body: { password: 'another long password', currentPassword } });
    expect((await change('wrong')).status).toBe(422);
    expect((await change(PASSWORD)).status).toBe(200);
    expect((await t.ask('GET', '/api/me', { token: other })).status).toBe(401);
    expect((await t.ask('GET', '/api/me', { token: fay.token })).status).toBe(200);
    expect(await t.signIn('fay@example.org', 'another long password')).toMatch(/^cts_/);
  });
});

describe('API tokens and sessions', () => {
  test('tokens work, are shown once, cannot make others, and end when revoked', async () => {
    const made = await t.ask('POST', '/api/tokens', { token: ben.token, body: { name: 'script' } });
    expect(made.status).toBe(201);
    const { token, id } = made.body;
    expect((await t.ask('GET', '/api/config', { token })).status).toBe(200);
    expect((await t.ask('POST', '/api/tokens', { token, body: { name: 'more' } })).body.code).toBe('SIGN_IN_ONLY');
    const list = await t.ask('GET', '/api/tokens', { token: ben.token });
    expect(list.body.items.map((one: { id: string }) => one.id)).toEqual([id]);
    expect(list.text).not.toContain(token);
    expect((await t.ask('DELETE', `/api/tokens/${id}`, { token: anna.token })).status).toBe(404);
    expect((await t.ask('DELETE', `/api/tokens/${id}`, { token: ben.token })).status).toBe(204);
    expect((await t.ask('GET', '/api/me', { token })).status).toBe(401);
  });

  test('tokens expire, after a year unless their owner says when', async () => {
    const make = async (body: object) => (await t.ask('POST', '/api/tokens', { token: ben.token, body })).body;
    const days = ({ createdAt, expiresAt }: Record<string, string>) =>
      (Date.parse(expiresAt!) - Date.parse(createdAt!)) / 86_400_000;
    const [usual, short] = [await make({ name: 'usual' }), await make({ name: 'short', expiresInDays: 1 })];
    expect([days(usual), days(short)]).toEqual([365, 1]);
    await t.ask('GET', '/api/config', { token: short.token });
    await t.database.models.sessions.updateOne({ publicId: short.id }, { $set: { expiresAt: new Date() } });
    expect((await t.ask('GET', '/api/config', { token: short.token })).status).toBe(401);
    expect((await t.ask('GET', '/api/config', { token: usual.token })).status).toBe(200);
  });

  test("sessions are listed and ended, and nobody ends another's", async () => {
    const token = await t.signIn('ben@example.org');
    const { items } = (await t.ask('GET', '/api/sessions', { token })).body;
    const other = items.find((one: { current: boolean }) => !one.current);
    expect((await t.ask('DELETE', `/api/sessions/${other.id}`, { token: anna.token })).status).toBe(404);
    expect((await t.ask('DELETE', '/api/sessions', { token })).status).toBe(204);
    expect((await t.ask('GET', '/api/me', { token: ben.token })).status).toBe(401);
    expect((await t.ask('GET', '/api/sessions', { token })).body.items).toHaveLength(1);
    ben.token = token;
  });
});

describe('two-factor sign-in', () => {
  test('is enrolled, asked for at sign-in, takes each code once, and recovers', async () => {
    const gus = await t.user('gus@example.org');
    const post = (body: object) => t.ask('POST', '/api/me/totp', { token: gus.token, body });
    const { secret, otpauthUrl } = (await post({ action: 'enrol' })).body;
    expect(otpauthUrl).toMatch(/^otpauth:\/\/totp\//);
    expect((await post({ action: 'confirm', code: '000000' })).status).toBe(422);
    const confirmed = await post({ action: 'confirm', code: authenticator.generate(secret) });
    expect(confirmed.body.enabled).toBe(true);
    const login = (totp?: string) =>
      t.ask('POST', '/api/auth/login', { body: { email: 'gus@example.org', password: PASSWORD, totp } });
    expect((await login()).body.code).toBe('TOTP_REQUIRED');
    // The code of the confirmation was used up by it; the next step's is accepted once.
    expect((await login(authenticator.generate(secret))).body.code).toBe('WRONG_TOTP');
    const next = authenticator.clone({ epoch: Date.now() + 30_000 }).generate(secret);
    expect((await login(next)).status).toBe(200);
    expect((await login(next)).body.code).toBe('WRONG_TOTP');
    const [recovery] = confirmed.body.recoveryCodes;
    expect(new Set(confirmed.body.recoveryCodes).size).toBe(10);
    expect(recovery).toMatch(/^([0-9a-f]{4}-){6}[0-9a-f]{4}$/); // 112 bits
    expect((await login(recovery)).status).toBe(200);
    expect((await login(recovery)).body.code).toBe('WRONG_TOTP');
    expect((await post({ action: 'remove', code: confirmed.body.recoveryCodes[1] })).body.enabled).toBe(false);
    expect((await login()).status).toBe(200);
    const stored = JSON.stringify(await t.repositories.users.byEmail('gus@example.org'));
    expect(stored).not.toContain(secret);
  });
});
