import { type MailServer, startMailServer } from '../../../commands/notifications/receivers.js';
import { startApi, type TestApi } from './testApi.js';

let mail: MailServer;
let t: TestApi;
let withoutMail: TestApi;
beforeAll(async () => {
  mail = await startMailServer();
  t = await startApi({}, { smtpUrl: mail.url });
  withoutMail = await startApi({});
}, 120_000);
afterAll(async () => {
  await Promise.all([t?.stop(), withoutMail?.stop()]);
  await mail?.close();
});

/** A new user with these channels sends a test. @returns the answer, and what stands in their list afterwards */
async function testOf(api: TestApi, email: string, channels: string[], body: { channel?: string } = {}) {
  const { token } = await api.user(email);
  const put = await api.ask('PUT', '/api/notifications/settings', { token, body: { channels } });
  expect(put.status).toBe(200);
  const answer = await api.ask('POST', '/api/notifications/test', { token, body });
  expect(answer.status).toBe(200);
  const { items } = (await api.ask('GET', '/api/notifications?type=TEST', { token })).body;
  expect(items).toHaveLength(1);
  expect(items[0]).toMatchObject({ id: answer.body.notificationId, type: 'TEST', severity: 'INFO', readAt: null });
  const stored = items[0].deliveries.map(({ channel, status, error }: Record<string, unknown>) => ({
    channel,
    status,
    error,
  }));
  const answered = answer.body.results.map(({ answer: _answer, ...rest }: { answer: unknown }) => rest);
  expect(stored).toEqual(answered);
  return { answered, deliveries: items[0].deliveries };
}

test('a test message stands in the list of notifications, with what each channel answered', async () => {
  const { answered, deliveries } = await testOf(t, 'anna@example.org', ['dashboard', 'email']);
  expect(answered).toEqual([
    { channel: 'dashboard', status: 'delivered', error: null },
    { channel: 'email', status: 'delivered', error: null },
  ]);
  expect(deliveries[1]).toMatchObject({ attempts: 1, answer: expect.stringMatching(/^250/) });
  expect(mail.mails).toHaveLength(1);
});

test('one that a service refused is stored as failed, with the reason', async () => {
  mail.refuse = 550;
  try {
    const { answered } = await testOf(t, 'ben@example.org', ['email']);
    expect(answered).toContainEqual({ channel: 'email', status: 'failed', error: expect.stringContaining('550') });
  } finally {
    mail.refuse = null;
  }
});

test('a channel that the user has chosen and that cannot be used is named with the reason', async () => {
  const { answered } = await testOf(withoutMail, 'cleo@example.org', ['dashboard', 'email', 'discord']);
  expect(answered).toEqual([
    { channel: 'dashboard', status: 'delivered', error: null },
    { channel: 'email', status: 'skipped', error: 'mail is not set up here (SMTP_URL)' },
    { channel: 'discord', status: 'skipped', error: 'no webhook is set' },
  ]);
});

test('a channel of one type of message counts as chosen, and one that nobody chose is not spoken of', async () => {
  const { token } = await withoutMail.user('dora@example.org');
  const body = { channels: ['dashboard'], routes: { EMERGENCY_STOP: ['telegram'] } };
  await withoutMail.ask('PUT', '/api/notifications/settings', { token, body });
  const { results } = (await withoutMail.ask('POST', '/api/notifications/test', { token, body: {} })).body;
  expect(results.map(({ channel, status }: Record<string, string>) => `${channel} ${status}`)).toEqual([
    'dashboard delivered',
    'telegram skipped',
  ]);
});

test('a test of one channel says what became of that one', async () => {
  const { answered } = await testOf(withoutMail, 'emil@example.org', ['dashboard'], { channel: 'telegram' });
  expect(answered).toEqual([{ channel: 'telegram', status: 'skipped', error: 'no chat is set' }]);
});
