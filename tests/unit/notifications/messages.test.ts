import fc from 'fast-check';
import { discordPayload, escapeMarkdown, webhookUrl } from '../../../adapters/notifications/discord.js';
import { isMailAddress, messageId } from '../../../adapters/notifications/email.js';
import { htmlMail, textMail } from '../../../adapters/notifications/mailBody.js';
import { paced } from '../../../adapters/notifications/pace.js';
import { isBotToken, telegramText } from '../../../adapters/notifications/telegram.js';
import type { Channel, Destination, Outgoing } from '../../../adapters/notifications/index.js';
import {
  grouped,
  messageLocale,
  renderDigest,
  renderMessage,
  TEXTS,
  type NotificationEvent,
} from '../../../trading/notifications/index.js';
import { NOTIFICATION_TYPES } from '../../../trading/types.js';

const event = (over: Partial<NotificationEvent> = {}): NotificationEvent => ({
  eventId: 'closed-1',
  type: 'STOP_LOSS_HIT',
  symbol: 'BTC/USDT',
  data: {
    side: 'SELL',
    quantity: '0.00333',
    price: '59400.123456789012345',
    pnl: '-2.40',
    pnlPct: '-1.20',
    exitReason: 'stop',
    mode: 'paper',
  },
  at: Date.UTC(2024, 7, 5, 12, 0, 7),
  ...over,
});

test('a stop is told in both languages with its market, price and result', () => {
  expect(renderMessage(event(), 'en')).toEqual({
    severity: 'WARNING',
    title: 'BTC/USDT hit its stop: -2.40 USDT',
    summary: 'BTC/USDT: sold 0.00333 at 59,400.12345678, result -2.40 USDT (-1.20 %)',
    facts: [
      { label: 'Market', value: 'BTC/USDT' },
      { label: 'Side', value: 'Sold' },
      { label: 'Quantity', value: '0.00333' },
      { label: 'Price', value: '59,400.12345678' },
      { label: 'Result', value: '-2.40 USDT' },
      { label: 'Result in percent', value: '-1.20 %' },
      { label: 'Closed by', value: 'stop' },
      { label: 'Account', value: 'paper' },
    ],
    time: '2024-08-05 12:00:07 UTC',
  });
  const korean = renderMessage(event(), 'ko');
  expect(korean.title).toBe('BTC/USDT 손절 실행: -2.40 USDT');
  expect(korean.facts[1]).toEqual({ label: '구분', value: '매도' });
});

test('a failure says what its code means and how long it has lasted, in both languages, and facts keep their order', () => {
  const of = (type: NotificationEvent['type'], data: NotificationEvent['data'], locale: 'en' | 'ko') =>
    renderMessage(event({ type, data, symbol: undefined }), locale).summary;
  const failed = { reason: 'The step did not answer in time', code: 'MongoNetworkError' };
  expect(of('SYSTEM_ERROR', failed, 'en')).toBe(
    'The database does not answer (MongoNetworkError): The step did not answer in time',
  );
  expect(of('SYSTEM_ERROR', failed, 'ko')).toBe(
    '데이터베이스가 응답하지 않음 (MongoNetworkError): 단계가 제시간에 응답하지 않았습니다',
  );
  const silent = { seconds: 65, reason: 'no route' };
  expect(of('API_CONNECTION_LOST', silent, 'en')).toBe('The exchange has not answered for 65 s: no route');
  expect(of('API_CONNECTION_LOST', silent, 'ko')).toBe('거래소가 65초째 응답하지 않습니다: no route');
  const turned = renderMessage(event({ data: { mode: 'live', note: 'n', pnl: '1', side: 'SELL' } }), 'en');
  expect(turned.facts.map(({ label }) => label)).toEqual(['Market', 'Side', 'Result', 'Account', 'note']);
});

test.each(NOTIFICATION_TYPES)('%s has a title and a summary in both languages, even without data', (type) => {
  for (const locale of ['en', 'ko'] as const) {
    const { title, summary } = renderMessage(event({ type, data: {}, symbol: undefined }), locale);
    expect(title.length).toBeGreaterThan(3);
    expect(summary.length).toBeGreaterThan(3);
    if (locale === 'ko') expect(title + summary).toMatch(/[가-힣]/);
  }
});

test('both languages know the same labels and words', () => {
  expect(Object.keys(TEXTS.ko.labels)).toEqual(Object.keys(TEXTS.en.labels));
  expect(Object.keys(TEXTS.ko.words)).toEqual(Object.keys(TEXTS.en.words));
});

test('numbers are rounded for reading, and unknown fields keep their names', () => {
  const { facts } = renderMessage(
    event({
      symbol: undefined,
      data: { lossPct: -2.456789, tiny: 0.000123456, whole: 12345, odd: Infinity, yes: true, none: null },
    }),
    'en',
  );
  expect(facts.map(({ label, value }) => `${label}=${value}`)).toEqual([
    'Result today in percent=-2.46 %',
    'tiny=0.0001235',
    'whole=12,345',
    'odd=Infinity',
    'yes=yes',
  ]);
  expect([grouped('1234567.5'), grouped('-1234'), grouped('12')]).toEqual(['1,234,567.5', '-1,234', '12']);
});

test('the locale decides the language', () => {
  expect(['ko', 'ko-KR', 'KO', 'en', 'de', '', 'kok'].map(messageLocale)).toEqual([
    'ko',
    'ko',
    'ko',
    'en',
    'en',
    'en',
    'en',
  ]);
});

test('a digest lists its events in one message, and a single event stays itself', () => {
  const many = Array.from({ length: 25 }, (_, i) => event({ eventId: String(i), at: Date.UTC(2024, 7, 5, 12, 0, i) }));
  const digest = renderDigest(many, 'ko');
  expect(digest.title).toBe('알림 25건');
  expect(digest.facts).toHaveLength(21);
  expect(digest.facts.at(-1)).toEqual({ label: '…', value: '+5' });
  expect(digest.severity).toBe('WARNING');
  expect(renderDigest([event()], 'en')).toEqual(renderMessage(event(), 'en'));
  expect(() => renderDigest([], 'en')).toThrow('at least one event');
  expect(renderDigest([event(), event({ type: 'SYSTEM_ERROR' })], 'en').severity).toBe('ERROR');
});

const hostile = 'x\r\nBcc: a@b.c\u0000\u2028<script>alert(1)</script> @everyone [l](http://e.vil) *_`';
const outgoing = (text: string): Outgoing => ({
  id: 'e',
  type: 'SYSTEM_ERROR',
  locale: 'en',
  message: renderMessage(event({ type: 'SYSTEM_ERROR', data: { message: text } }), 'en'),
});

test('what an event says cannot break out of its line', () => {
  const { message } = outgoing(hostile);
  expect(message.summary).not.toMatch(/[\r\n\u0000\u2028]/);
  expect(htmlMail(outgoing(hostile))).not.toContain('<script>');
  expect(telegramText(outgoing(hostile))).not.toContain('<script>');
  expect(
    textMail(outgoing(hostile))
      .split('\n')
      .some((line) => line.startsWith('Bcc')),
  ).toBe(false);
});

test('Discord mentions nobody and shows marks as they are', () => {
  const payload = JSON.stringify(discordPayload(outgoing(hostile)));
  expect(payload).toContain('"allowed_mentions":{"parse":[]}');
  expect(payload).not.toContain('@everyone');
  expect(escapeMarkdown('a*b_c[d](e)')).toBe('a\\*b\\_c\\[d\\]\\(e\\)');
});

test('Telegram’s text stays within its limit with whole tags', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), fc.nat(60), (text, count) => {
      const data = Object.fromEntries(Array.from({ length: count }, (_, i) => [`field${i}`, `${text}<&>`]));
      const sent = telegramText(
        { id: 'closed-1', locale: 'ko', mayRepeat: count % 2 === 0, message: renderMessage(event({ data }), 'ko') },
        'https://trader.example.org',
      );
      expect(sent.length).toBeLessThanOrEqual(4096);
      expect(sent.match(/<b>/g)?.length).toBe(sent.match(/<\/b>/g)?.length);
      expect(sent).toContain('<a href="https://trader.example.org/">');
    }),
    { numRuns: 50 },
  );
});

const WEBHOOK = `https://discord.com/api/webhooks/123456789012345678/${'t'.repeat(68)}`;
test('only a Discord webhook is one', () => {
  expect(webhookUrl(WEBHOOK)).toBe(WEBHOOK);
  expect(webhookUrl(`${WEBHOOK.replace('/api/', '/api/v10/')}?x=1#y`)).toBe(WEBHOOK);
  expect(webhookUrl(WEBHOOK, 'http://127.0.0.1:9/')).toBe(WEBHOOK.replace('https://discord.com', 'http://127.0.0.1:9'));
});
test.each([
  WEBHOOK.replace('https', 'http'),
  WEBHOOK.replace('discord.com', 'discord.com.evil.org'),
  WEBHOOK.replace('discord.com', 'evil.org'),
  WEBHOOK.replace('discord.com', 'discord.com:8443'),
  WEBHOOK.replace('https://', 'https://user:pass@'),
  WEBHOOK.replace('/api/webhooks', '/api/users'),
  WEBHOOK.replace('/api/webhooks/', '/api/webhooks/../'),
  `${WEBHOOK}/slack`,
  'https://127.0.0.1/api/webhooks/1/2',
  'not a url',
  '',
])('%s is refused, and the refusal does not repeat it', (webhook) => {
  expect(() => webhookUrl(webhook)).toThrow(
    'the webhook is not of the form https://discord.com/api/webhooks/<id>/<token>',
  );
});

test('mail addresses and bot tokens are just that', () => {
  expect(['a@b.org', 'demo@localhost', 'x+y@mail.example.co.kr'].every(isMailAddress)).toBe(true);
  expect(
    [
      'a@b.org, c@d.org',
      'a@b.org\r\nBcc: x@y.z',
      'A <a@b.org>',
      'a b@c.d',
      '@b.org',
      'a@',
      `${'a'.repeat(250)}@b.org`,
    ].some(isMailAddress),
  ).toBe(false);
  expect(isBotToken(`123456:${'A'.repeat(35)}`)).toBe(true);
  expect(['', '123', `123:${'A'.repeat(35)}/../x`, `x:${'A'.repeat(35)}`].some(isBotToken)).toBe(false);
});

test('a Message-ID is the event’s and the sender’s domain, always the same', () => {
  const id = messageId('closed-1', 'Crypto Trader Pro <no-reply@mail.example.org>');
  expect(id).toBe(messageId('closed-1', 'no-reply@mail.example.org'));
  expect(id).toMatch(/^<[0-9a-f]{40}@mail\.example\.org>$/);
  expect(messageId('closed-2', 'x@y.z')).not.toBe(messageId('closed-1', 'x@y.z'));
  expect(messageId('a', 'nobody')).toMatch(/@localhost>$/);
});

describe('the pace of a channel', () => {
  const to = (chatId: string): Destination => ({ channel: 'telegram', token: 't', chatId });
  const fast: Channel = {
    name: 'telegram',
    send: () => Promise.resolve({ answer: 'ok' }),
    close: () => Promise.resolve(),
  };

  test('lets a burst pass, then one in its time, for each destination', async () => {
    let now = 0;
    const channel = paced(fast, { burst: 2, everyMs: 1000, inFlight: 10 }, () => now);
    const send = (chat = 'a', urgent = false) => channel.send({ ...outgoing('x'), urgent }, to(chat));
    await send();
    await send();
    await expect(send()).rejects.toMatchObject({ options: { retryAfterMs: 1000 } });
    await expect(send('b')).resolves.toEqual({ answer: 'ok' });
    await expect(send('a', true)).resolves.toEqual({ answer: 'ok' });
    now = 600;
    await expect(send()).rejects.toMatchObject({ options: { retryAfterMs: 400 } });
    now = 1000;
    await expect(send()).resolves.toEqual({ answer: 'ok' });
  });

  test('bounds the calls under way, but for the urgent', async () => {
    let release: (() => void) | undefined;
    const hanging: Channel = {
      ...fast,
      send: () => new Promise((resolve) => (release = () => resolve({ answer: 'late' }))),
    };
    const channel = paced(hanging, { burst: 9, everyMs: 0, inFlight: 1 });
    const first = channel.send(outgoing('x'), to('a'));
    await expect(channel.send(outgoing('x'), to('b'))).rejects.toMatchObject({
      message: 'too many messages are under way',
    });
    release?.();
    await expect(first).resolves.toEqual({ answer: 'late' });
    const again = channel.send({ ...outgoing('x'), urgent: true }, to('b'));
    release?.();
    await expect(again).resolves.toEqual({ answer: 'late' });
  });
});
