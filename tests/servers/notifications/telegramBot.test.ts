import { createTelegramApi } from '../../../adapters/notifications/telegram.js';
import type { BotControl, Owner } from '../../../adapters/notifications/telegramBot/commands.js';
import { listenToBots } from '../../../adapters/notifications/telegramBot/listen.js';
import type { StatusView } from '../../../trading/types.js';
import { TOKEN, until } from './desk.js';
import { type Answer, json, startWebServer, type WebServer } from '../../../commands/notifications/receivers.js';

const owner: Owner = { userId: 'u1', token: TOKEN, chatId: '42', locale: 'en' };
const chat = { id: 42, type: 'private' };
let server: WebServer;
let news: object[];
let asked: string[];
beforeEach(async () => {
  news = [];
  asked = [];
  server = await startWebServer({ ok: true, result: true });
  server.always = telegram;
});
afterEach(() => server.close());

/** Telegram's getUpdates: what is new from `offset` on, held while there is nothing. */
const telegram: Answer = ({ url, body }, response) => {
  if (!url.endsWith('/getUpdates')) return json(200, { ok: true, result: {} })({ url, body }, response);
  const fresh = () => news.filter((each) => (each as { update_id: number }).update_id >= Number(body['offset'] ?? 0));
  const held = setInterval(() => {
    if (fresh().length === 0) return;
    clearInterval(held);
    json(200, { ok: true, result: fresh() })({ url, body }, response);
  }, 20);
  response.on('close', () => clearInterval(held));
};
const control: BotControl = {
  status: () => Promise.resolve({ mode: 'paper' } as StatusView),
  positions: () => Promise.resolve([]),
  start: (userId) => Promise.resolve(void asked.push(`start ${userId}`)),
  stop: (userId) => Promise.resolve(void asked.push(`stop ${userId}`)),
  emergency: (userId) => Promise.resolve(asked.push(`emergency ${userId}`)).then(() => 'EMERGENCY_STOPPED'),
};
const listen = (owners = () => Promise.resolve([owner])) =>
  listenToBots({
    call: createTelegramApi({ telegramBaseUrl: server.url, deadlineMs: 2_000 }),
    control,
    owners,
    warn: () => undefined,
    refreshMs: 100,
  });
const sent = () => server.requests.filter(({ url }) => url.endsWith('/sendMessage')).map(({ body }) => body);
const message = (update_id: number, text: string) => ({
  update_id,
  message: { date: Date.now() / 1000, text, chat, from: { id: 42 } },
});

test('a command is carried out once and answered, an emergency after its button', async () => {
  const stop = listen();
  try {
    news.push(message(1, '/start'));
    await until(() => sent()[0], 5_000, 'the answer');
    expect(sent()[0]).toMatchObject({ chat_id: '42', parse_mode: 'HTML', text: 'Trading is started.' });
    news.push(message(2, '/emergency'));
    const question = await until(() => sent()[1], 5_000, 'the question');
    const keyboard = question['reply_markup'] as { inline_keyboard: { callback_data: string }[][] };
    expect(asked).toEqual(['start u1']);
    news.push({
      update_id: 3,
      callback_query: {
        id: 'q',
        data: keyboard.inline_keyboard[0]![0]!.callback_data,
        from: { id: 42 },
        message: { chat },
      },
    });
    await until(() => sent()[2], 5_000, 'the receipt');
    expect(asked).toEqual(['start u1', 'emergency u1']);
    expect(
      server.requests.some(
        ({ url, body }) => url.endsWith('/answerCallbackQuery') && body['callback_query_id'] === 'q',
      ),
    ).toBe(true);
  } finally {
    await stop();
  }
});

test('it lives over an outage, a stranger is not answered, and it ends at once when told', async () => {
  server.always = json(502, {});
  let owners: Owner[] = [];
  const stop = listen(() => Promise.resolve(owners));
  owners = [owner];
  await until(() => server.requests[0], 5_000, 'the first question');
  server.always = telegram;
  news.push(
    {
      ...message(1, '/stop'),
      message: { ...message(1, '/stop').message, chat: { id: 7, type: 'private' }, from: { id: 7 } },
    },
    message(2, '/stop'),
  );
  await until(() => sent()[0], 10_000, 'the answer');
  expect(asked).toEqual(['stop u1']);
  expect(sent()).toHaveLength(1);
  const before = Date.now();
  await stop();
  expect(Date.now() - before).toBeLessThan(1_000);
});
