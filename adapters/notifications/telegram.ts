import { plain, TEXTS, type Message } from '../../trading/notifications/index.js';
import { ChannelFailure, type Channel, type ChannelOptions, type Outgoing } from './channel.js';
import { jsonField, postJson, retryAfterMs, type HttpAnswer } from './http.js';
import { dashboardLink } from './links.js';
import { MARKS } from './marks.js';

const OFFICIAL = 'https://api.telegram.org';

/** Messages by the Bot API, HTML mode. */
export function createTelegramChannel(options: ChannelOptions): Channel {
  const call = createTelegramApi(options);
  return {
    name: 'telegram',
    async send(outgoing, destination) {
      if (destination.channel !== 'telegram') throw new ChannelFailure('not a Telegram chat', { permanent: true });
      const { token, chatId } = destination;
      const result = await call(token, 'sendMessage', {
        chat_id: chatId,
        text: telegramText(outgoing, options.publicUrl),
        parse_mode: 'HTML',
        link_preview_options: { is_disabled: true },
      });
      return { answer: `message ${String((result as { message_id?: unknown }).message_id ?? '?')}` };
    },
    close: () => Promise.resolve(),
  };
}

/** `waiting` replaces the usual deadline, and may end the call early. */
export type TelegramCall = (
  token: string,
  method: string,
  parameters: object,
  waiting?: { deadlineMs: number; giveUp?: AbortController },
) => Promise<unknown>;

/** One method of the Bot API; answers with `result`. Throws ChannelFailure without the token in it. */
export function createTelegramApi({
  telegramBaseUrl = OFFICIAL,
  deadlineMs = 10_000,
}: Partial<ChannelOptions>): TelegramCall {
  return async (token, method, parameters, waiting = { deadlineMs }) => {
    if (!isBotToken(token)) throw new ChannelFailure('the bot token is malformed', { permanent: true });
    const url = `${telegramBaseUrl}/bot${token}/${method}`;
    const answer = await postJson(url, parameters, waiting.deadlineMs, waiting.giveUp);
    if (answer.status === 200 && jsonField(answer.body, 'ok') === true) return jsonField(answer.body, 'result') ?? {};
    throw refusalOf(answer);
  };
}

export function isBotToken(token: string): boolean {
  return /^\d{1,20}:[A-Za-z0-9_-]{20,100}$/.test(token);
}

function refusalOf({ status, headers, body }: HttpAnswer): ChannelFailure {
  const description = jsonField(body, 'description');
  const said = typeof description === 'string' ? `: ${description.slice(0, 200)}` : '';
  if (status === 429) {
    const after =
      retryAfterMs(jsonField(body, 'parameters', 'retry_after')) ?? retryAfterMs(headers.get('retry-after'));
    return new ChannelFailure('Telegram asks to wait (429)', { retryAfterMs: after ?? 5_000 });
  }
  // A wrong token, a chat that does not exist or has blocked the bot: waiting changes nothing.
  const permanent = status >= 400 && status < 500 && status !== 408 && status !== 409;
  return new ChannelFailure(`Telegram answered ${status}${said}`, { permanent });
}

type Content = Pick<Outgoing, 'id' | 'message' | 'locale' | 'mayRepeat'>;

/** Telegram's HTML knows a few tags and wants &, < and > escaped; 4,096 characters at most. */
export function telegramText({ id, message, locale, mayRepeat }: Content, publicUrl?: string): string {
  const link = dashboardLink(publicUrl);
  const { footer } = TEXTS[locale];
  const open = link ? `\n<a href="${escapeHtml(link)}">${escapeHtml(footer.open)}</a>` : '';
  const mark = `<code>${escapeHtml(cut(plain(id), 200))}</code>${mayRepeat ? ` · ${escapeHtml(footer.repeat)}` : ''}`;
  const end = `\n<i>${message.time}</i> · ${mark}${open}`;
  const head = `${MARKS[message.severity].sign} <b>${escapeHtml(cut(message.title, 300))}</b>\n${escapeHtml(cut(message.summary, 1000))}`;
  let text = `${head}\n`;
  for (const line of factLines(message)) {
    if (text.length + line.length + end.length > LIMIT - 16) break;
    text += `\n${line}`;
  }
  return `${text}${end}`;
}

const LIMIT = 4096;

function factLines(message: Message): string[] {
  return message.facts.map(
    ({ label, value }) => `${escapeHtml(cut(label, 60))}: <b>${escapeHtml(cut(value, 500))}</b>`,
  );
}

export function escapeHtml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}

export function cut(text: string, length: number): string {
  const characters = Array.from(text);
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`;
}
