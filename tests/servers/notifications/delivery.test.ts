import { discordPayload } from '../../../adapters/notifications/discord.js';
import { exampleEvent } from '../../../adapters/notifications/examples.js';
import { messageId } from '../../../adapters/notifications/index.js';
import { textMail } from '../../../adapters/notifications/mailBody.js';
import { telegramText } from '../../../adapters/notifications/telegram.js';
import { renderMessage } from '../../../trading/notifications/index.js';
import { NOTIFICATION_TYPES } from '../../../trading/types.js';
import { type Desk, openDesk, SECRETS, until } from './desk.js';
import { json, reset } from '../../../commands/notifications/receivers.js';

const ALL = ['dashboard', 'email', 'discord', 'telegram'] as const;
const MAIL = ['dashboard', 'email'] as const;
const BURST = Array.from({ length: 40 }, (_, i) => `burst-${i}`);
let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
  await Promise.all(
    ['all', 'korean', 'slow', 'dead'].map((id) => desk.addUser(id, [...ALL], id === 'korean' ? 'ko' : 'en')),
  );
  await Promise.all(['burst', 'killed'].map((id) => desk.addUser(id, [...MAIL])));
  // It takes half a minute to be gathered, which the other tests use; the last one looks at it.
  const data = { side: 'BUY', quantity: '1', price: '3000' };
  const trade = { type: 'TRADE_EXECUTED', symbol: 'ETH/USDT', data } as const;
  await Promise.all(BURST.map((eventId) => desk.notify('burst', { eventId, ...trade })));
});
afterAll(() => desk?.close());
afterEach(() => {
  desk.discord.always = null;
  desk.telegram.always = null;
});

const mailsOf = (eventId: string) =>
  desk.mail.mails.filter((mail) => mail.headers.get('x-notification-id') === eventId);
const settled = (eventId: string, within = 20_000) =>
  until(
    async () => {
      const outcomes = await desk.outcomes(eventId);
      return Object.keys(outcomes).length > 0 && Object.values(outcomes).every((each) => !each.startsWith('pending'))
        ? outcomes
        : undefined;
    },
    within,
    `the end of ${eventId}`,
  );
const everywhere = { dashboard: 'delivered', email: 'delivered', discord: 'delivered', telegram: 'delivered' };

test('one event arrives on every channel, once, and no secret enters its history', async () => {
  const event = {
    eventId: 'stop-1',
    type: 'STOP_LOSS_HIT',
    symbol: 'BTC/USDT',
    data: { side: 'SELL', quantity: '1', price: '59400', pnl: '-2.40', pnlPct: '-1.2' },
  } as const;
  await desk.notify('all', event);
  await desk.notify('all', event);
  expect(await settled('stop-1')).toEqual(everywhere);
  await desk.notify('all', event);
  expect(mailsOf('stop-1')).toHaveLength(1);
  expect(mailsOf('stop-1')[0]).toMatchObject({
    subject: 'BTC/USDT hit its stop: -2.40 USDT',
    messageId: messageId('stop-1', 'bot@trader.example.org'),
  });
  expect([desk.discord.accepted.length, desk.telegram.accepted.length]).toEqual([1, 1]);
  // A reader, and a machine, knows the message by its event; the service's own number is kept with the delivery.
  expect(JSON.stringify(desk.discord.accepted[0])).toContain(' · stop-1');
  expect(desk.telegram.accepted[0]!['text']).toContain('<code>stop-1</code>');
  expect((await desk.stored('stop-1')).deliveries.map(({ answer }) => answer)).toEqual([
    undefined,
    expect.stringMatching(/^250 /),
    'message 99',
    'message 7',
  ]);
  expect(await desk.stored('stop-1')).toMatchObject({
    userId: 'all',
    title: 'BTC/USDT hit its stop: -2.40 USDT',
    severity: 'WARNING',
    readAt: null,
  });

  const history = JSON.stringify(await desk.client.workflow.getHandle('notification-stop-1').fetchHistory());
  const decoded =
    history +
    Buffer.from(
      [...history.matchAll(/"data":"([^"]+)"/g)].map(([, data]) => Buffer.from(data!, 'base64').toString()).join(),
    ).toString();
  for (const secret of [...SECRETS, 'all@example.org']) expect(decoded).not.toContain(secret);
});

test('the language is the user’s', async () => {
  await desk.notify('korean', {
    eventId: 'ko-1',
    type: 'EMERGENCY_STOP',
    data: { trigger: 'MANUAL_STOP', reason: '점검' },
  });
  await settled('ko-1');
  expect(mailsOf('ko-1')[0]?.subject).toBe('긴급 중단');
  expect(mailsOf('ko-1')[0]?.text).toContain('수동 중단');
});

test.each(['en', 'ko'] as const)(
  'all seven types arrive on every channel in the words of the docs: %s',
  async (locale) => {
    const sent = NOTIFICATION_TYPES.map((type, n) => ({ ...exampleEvent(type), eventId: `${locale}-${type}`, n }));
    // Half for each of two users: from the sixth in a minute on they would be gathered.
    await Promise.all([0, 1].map((half) => desk.addUser(`types-${locale}-${half}`, [...ALL], locale)));
    await Promise.all(sent.map(({ n, ...event }) => desk.notify(`types-${locale}-${n % 2}`, event)));
    for (const { n: _n, ...event } of sent) {
      const { eventId, type } = event;
      expect(await settled(eventId)).toEqual(everywhere);
      const outgoing = { id: eventId, type, locale, message: renderMessage(event, locale) };
      const [mail] = mailsOf(eventId);
      expect(mail?.subject).toBe(outgoing.message.title);
      expect(mail?.text?.trim()).toBe(textMail(outgoing).trim());
      expect(desk.discord.accepted).toContainEqual(discordPayload(outgoing));
      expect(desk.telegram.accepted.map(({ text }) => text)).toContain(telegramText(outgoing));
    }
  },
);

test('in quiet hours a trade waits for their end and is on the dashboard; an emergency arrives at once', async () => {
  const clock = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16);
  await desk.addUser('quiet', [...ALL]);
  await desk.repositories.notifications.putSettings('quiet', { quietHours: { from: clock(-2), to: clock(2) } });
  await desk.notify('quiet', { ...exampleEvent('TRADE_EXECUTED'), eventId: 'quiet-trade' });
  await desk.notify('quiet', { ...exampleEvent('EMERGENCY_STOP'), eventId: 'quiet-emergency' });
  expect(await settled('quiet-emergency')).toEqual(everywhere);
  const told = async () => ('dashboard' in (await desk.outcomes('quiet-trade')) ? true : undefined);
  await until(told, 20_000, 'the storing of quiet-trade');
  expect(await desk.outcomes('quiet-trade')).toEqual({
    dashboard: 'delivered',
    email: 'pending',
    discord: 'pending',
    telegram: 'pending',
  });
  expect(mailsOf('quiet-trade')).toEqual([]);
});

test('a channel that fails holds no other, and has the message soon after it is back', async () => {
  desk.discord.always = json(503, {});
  await desk.notify('slow', { eventId: 'slow-1' });
  await until(() => mailsOf('slow-1')[0], 5_000, 'the mail');
  await until(
    async () => (await desk.outcomes('slow-1'))['discord']?.startsWith('pending: Discord answered 503') || undefined,
    5_000,
    'the reason why it waits',
  );
  desk.discord.always = null;
  const back = Date.now();
  expect(await settled('slow-1', 30_000)).toEqual(everywhere);
  expect(Date.now() - back).toBeLessThan(10_000);
});

test('a service that asks to wait is waited for', async () => {
  desk.telegram.next = [json(429, { ok: false, parameters: { retry_after: 2 } })];
  const asked = Date.now();
  await desk.notify('slow', { eventId: 'slow-2' });
  expect(await settled('slow-2')).toEqual(everywhere);
  expect(Date.now() - asked).toBeGreaterThanOrEqual(2_000);
});

test('a message that may have been taken before says so; one that was refused does not', async () => {
  desk.telegram.next = [reset];
  desk.discord.next = [json(500, {})];
  await desk.notify('slow', { eventId: 'slow-3' });
  expect(await settled('slow-3')).toEqual(everywhere);
  const last = (server: typeof desk.discord) => JSON.stringify(server.accepted.at(-1));
  expect(last(desk.telegram)).toContain('may repeat an earlier message');
  expect(last(desk.discord)).toContain('slow-3');
  expect(last(desk.discord)).not.toContain('may repeat');
});

test('what is refused for good is a dead letter that says why', async () => {
  desk.telegram.always = json(403, { ok: false, description: 'Forbidden: bot was blocked by the user' });
  await desk.notify('dead', { eventId: 'dead-1' });
  expect(await settled('dead-1')).toEqual({
    ...everywhere,
    telegram: 'failed: Telegram answered 403: Forbidden: bot was blocked by the user',
  });
});

test('a channel that cannot be used is skipped and says why, and an emergency is stored whatever is switched off', async () => {
  const { config, notifications } = desk.repositories;
  await desk.addUser('bare', [...ALL]);
  const sealedForAnother = (await notifications.settings('all'))!.discord;
  await notifications.putSettings('bare', { discord: sealedForAnother, telegram: null });
  await desk.notify('bare', { eventId: 'bare-1' });
  expect(await settled('bare-1')).toEqual({
    dashboard: 'delivered',
    email: 'delivered',
    discord: 'skipped: the stored address cannot be opened: enter it again',
    telegram: 'skipped: no chat is set',
  });
  await config.put('bare', { notifications: { enabled: false, channels: [] } });
  await desk.notify('bare', { eventId: 'bare-2' });
  await desk.notify('bare', { eventId: 'bare-3', type: 'EMERGENCY_STOP' });
  expect(await settled('bare-3')).toEqual({ dashboard: 'delivered' });
  await desk.client.workflow.getHandle('notification-bare-2').result();
  expect(await notifications.get('bare-2')).toBeNull();
});

test('nothing is lost over kill -9 of the worker', async () => {
  const ids = Array.from({ length: 16 }, (_, i) => `kill-${i}`);
  for (const [i, eventId] of ids.entries()) {
    await desk.notify('killed', { eventId });
    if (i % 8 === 5) await desk.killWorker();
  }
  for (const id of ids) expect(await settled(id, 60_000)).toEqual({ dashboard: 'delivered', email: 'delivered' });
  const byId = ids.map((id) => mailsOf(id));
  expect(byId.every((mails) => mails.length >= 1)).toBe(true);
  // A double can only come from a kill between the server's acceptance and our record, and is recognised as one.
  expect(new Set(byId.flat().map((mail) => mail.messageId)).size).toBe(ids.length);
});

test('a burst of trades is one message, and the dashboard has them all', async () => {
  for (const id of BURST) expect(await settled(id, 60_000)).toEqual({ dashboard: 'delivered', email: 'delivered' });
  const mails = desk.mail.mails.filter((mail) => mail.to && JSON.stringify(mail.to).includes('burst@example.org'));
  expect(mails.length).toBeLessThanOrEqual(7);
  expect(mails.some(({ subject }) => /^\d+ notifications$/.test(subject ?? ''))).toBe(true);
});
