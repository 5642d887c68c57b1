import { createChannels, type Channels, type Outgoing } from '../../../adapters/notifications/index.js';
import { renderMessage, type MessageLocale } from '../../../trading/notifications/index.js';
import {
  hang,
  json,
  type MailServer,
  reset,
  stallBody,
  startMailServer,
  startWebServer,
  type WebServer,
} from '../../../commands/notifications/receivers.js';

const TOKEN = `123456:${'S'.repeat(35)}`;
const WEBHOOK = `https://discord.com/api/webhooks/123456789012345678/${'s'.repeat(68)}`;
const telegram = { channel: 'telegram', token: TOKEN, chatId: '42' } as const;
const discord = { channel: 'discord', webhook: WEBHOOK } as const;
const email = (address = 'user@example.org') => ({ channel: 'email', address }) as const;

let mail: MailServer;
let tele: WebServer;
let disc: WebServer;
let channels: Channels;
beforeAll(async () => {
  [mail, tele, disc] = await Promise.all([
    startMailServer(),
    startWebServer({ ok: true, result: { message_id: 7 } }),
    startWebServer({ id: '99' }),
  ]);
  channels = createChannels({
    smtpUrl: mail.url,
    mailFrom: 'Crypto Trader Pro <bot@trader.example.org>',
    publicUrl: 'https://trader.example.org',
    telegramBaseUrl: tele.url,
    discordBaseUrl: disc.url,
    deadlineMs: 1_500,
  });
});
afterAll(async () => {
  await Promise.all(Object.values(channels).map((channel) => channel.close()));
  await Promise.all([mail.close(), tele.close(), disc.close()]);
});
afterEach(() => {
  mail.refuse = null;
  mail.hang = false;
});

function outgoing(locale: MessageLocale = 'en', over: Record<string, string> = {}): Outgoing {
  const data = {
    side: 'SELL',
    quantity: '0.00333',
    price: '59400',
    pnl: '-2.40',
    pnlPct: '-1.20',
    exitReason: 'stop',
    ...over,
  };
  const event = { eventId: 'closed-1', type: 'STOP_LOSS_HIT', symbol: 'BTC/USDT', data, at: 0 } as const;
  return { id: event.eventId, type: event.type, locale, urgent: true, message: renderMessage(event, locale) };
}

describe('mail', () => {
  test.each([
    ['en', 'BTC/USDT hit its stop: -2.40 USDT'],
    ['ko', 'BTC/USDT 손절 실행: -2.40 USDT'],
  ] as const)('arrives in %s with its headers, text and HTML', async (locale, subject) => {
    await expect(channels.email.send(outgoing(locale), email())).resolves.toMatchObject({
      answer: expect.stringContaining('250'),
    });
    const got = mail.mails.at(-1)!;
    expect(got.subject).toBe(subject);
    expect(got.headers.get('x-notification-type')).toBe('STOP_LOSS_HIT');
    expect(got.headers.get('x-notification-id')).toBe('closed-1');
    const lines = got.headerLines.map(({ line }) => line);
    expect(lines).toContain('X-Notification-Type: STOP_LOSS_HIT');
    expect(lines).toContain('X-Notification-Id: closed-1');
    expect(lines.filter((line) => /^(Message-ID|MIME-Version): /.test(line))).toHaveLength(2);
    expect(got.messageId).toMatch(/^<[0-9a-f]{40}@trader\.example\.org>$/);
    expect(got.from?.value).toEqual([{ name: 'Crypto Trader Pro', address: 'bot@trader.example.org' }]);
    expect(mail.recipients.at(-1)).toEqual(['user@example.org']);
    expect(got.text).toContain(outgoing(locale).message.summary);
    expect(got.html).toContain(`<html lang="${locale}">`);
    expect(JSON.stringify(got.headers.get('list'))).toContain('https://trader.example.org/settings/notifications');
  });

  test('has the same Message-ID each time', async () => {
    await channels.email.send(outgoing(), email());
    await channels.email.send(outgoing('ko'), email());
    expect(mail.mails.at(-1)!.messageId).toBe(mail.mails.at(-2)!.messageId);
  });

  test('an injection into subject and id stays text', async () => {
    const bad = outgoing('en', { pnl: '-1\r\nBcc: thief@evil.org\r\nX-Evil: 1\r\n\r\n<script>' });
    await channels.email.send({ ...bad, id: 'e\r\nX-Evil: 2' }, email());
    const got = mail.mails.at(-1)!;
    expect(got.headers.has('x-evil')).toBe(false);
    expect(got.bcc).toBeUndefined();
    expect(mail.recipients.at(-1)).toEqual(['user@example.org']);
    expect(got.subject).toContain('Bcc: thief@evil.org'); // on its one line
    expect(got.html).not.toContain('<script>');
  });

  test.each(['a@b.org, c@d.org', 'a@b.org\r\nRCPT TO:<x@y.z>', 'Name <a@b.org>'])(
    'an address such as %j is refused for good',
    async (address) => {
      const before = mail.mails.length;
      await expect(channels.email.send(outgoing(), email(address))).rejects.toMatchObject({
        options: { permanent: true },
      });
      expect(mail.mails).toHaveLength(before);
    },
  );

  test.each([
    [550, true],
    [451, undefined],
    [421, undefined],
  ])('an answer of %d is final: %s', async (code, permanent) => {
    mail.refuse = code;
    await expect(channels.email.send(outgoing(), email())).rejects.toMatchObject({
      message: `the mail server answered ${code}`,
      options: permanent ? { permanent } : { permanent: false },
    });
  });

  test('a server that hangs is left within the deadline, and works again when it is back', async () => {
    mail.hang = true;
    await expect(channels.email.send(outgoing(), email())).rejects.toMatchObject({ name: 'ChannelFailure' });
    mail.hang = false;
    await expect(channels.email.send(outgoing(), email())).resolves.toMatchObject({
      answer: expect.stringContaining('250'),
    });
  });

  test('no server is a failure that says so and not where', async () => {
    const none = createChannels({
      smtpUrl: 'smtp://user:hunter2secret@127.0.0.1:1',
      mailFrom: 'a@b.c',
      deadlineMs: 1_500,
    });
    await expect(none.email.send(outgoing(), email())).rejects.toThrow(
      /^the mail server could not be reached \(E[A-Z]+\)$/,
    );
    const unset = createChannels({ mailFrom: 'a@b.c' });
    await expect(unset.email.send(outgoing(), email())).rejects.toThrow('mail is not set up here (SMTP_URL)');
    await none.email.close();
  });
});

describe.each([
  ['telegram', () => tele, telegram, { answer: 'message 7' }],
  ['discord', () => disc, discord, { answer: 'message 99' }],
] as const)('%s', (name, server, destination, answer) => {
  const send = (locale: MessageLocale = 'en') => channels[name].send(outgoing(locale), destination);

  test('takes a message in both languages', async () => {
    await expect(send()).resolves.toEqual(answer);
    expect(JSON.stringify(server().accepted.at(-1))).toContain('hit its stop');
    await expect(send('ko')).resolves.toEqual(answer);
    expect(JSON.stringify(server().accepted.at(-1))).toContain('손절 실행');
  });

  test.each([
    [
      '429 in the body',
      json(429, { ok: false, retry_after: 1.5, parameters: { retry_after: 1.5 } }),
      { retryAfterMs: 1500 },
    ],
    ['429 in the header', json(429, {}, { 'retry-after': '3' }), { retryAfterMs: 3000 }],
    ['429 without a time', json(429, {}), { retryAfterMs: 5000 }],
    ['500', json(500, {}), { permanent: false }],
    ['503', json(503, {}), { permanent: false }],
    ['a reset', reset, {}],
    ['silence', hang, {}],
    ['a body that stalls', stallBody, {}],
    ['404', json(404, { description: 'gone' }), { permanent: true }],
    ['401', json(401, {}), { permanent: true }],
    ['a redirect', json(302, {}, { location: 'http://127.0.0.1:1/steal' }), { permanent: name === 'discord' }],
  ])('%s is a failure that says how to go on', async (_name, misbehaviour, options) => {
    server().next = [misbehaviour];
    const failure = await send().then(
      () => null,
      (error: Error) => error,
    );
    expect(failure).toMatchObject({ name: 'ChannelFailure', options });
    expect(failure!.message).not.toContain('SSSS');
    expect(failure!.message).not.toContain('ssss');
    expect(failure!.message).not.toContain('127.0.0.1');
    await expect(send()).resolves.toEqual(answer);
  });
});

test('Telegram is asked in HTML for the chat, and Discord mentions nobody', async () => {
  await channels.telegram.send(outgoing(), telegram);
  expect(tele.requests.at(-1)?.url).toBe(`/bot${TOKEN}/sendMessage`);
  expect(tele.accepted.at(-1)).toMatchObject({ chat_id: '42', parse_mode: 'HTML' });
  await channels.discord.send(outgoing(), discord);
  expect(disc.requests.at(-1)?.url).toBe(`/api/webhooks/123456789012345678/${'s'.repeat(68)}?wait=true`);
  expect(disc.accepted.at(-1)).toMatchObject({ allowed_mentions: { parse: [] } });
});

test('a wrong destination is refused before anything is sent', async () => {
  const before = [tele.requests.length, disc.requests.length];
  await expect(channels.telegram.send(outgoing(), { ...telegram, token: 'x/../y' })).rejects.toMatchObject({
    options: { permanent: true },
  });
  await expect(
    channels.discord.send(outgoing(), { ...discord, webhook: 'https://evil.org/api/webhooks/1/2' }),
  ).rejects.toMatchObject({ options: { permanent: true } });
  await expect(channels.telegram.send(outgoing(), discord)).rejects.toMatchObject({ options: { permanent: true } });
  await expect(channels.discord.send(outgoing(), telegram)).rejects.toMatchObject({ options: { permanent: true } });
  await expect(channels.email.send(outgoing(), telegram)).rejects.toMatchObject({ options: { permanent: true } });
  expect([tele.requests.length, disc.requests.length]).toEqual(before);
});

test('the dashboard has what is stored', async () => {
  await expect(channels.dashboard.send(outgoing(), { channel: 'dashboard', userId: 'u' })).resolves.toEqual({
    answer: 'stored',
  });
});
