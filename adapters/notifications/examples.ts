/** Every notification type with plausible data, and the page that shows how each looks. */
import { renderMessage, type MessageLocale, type NotificationEvent } from '../../trading/notifications/index.js';
import { CHANNELS, NOTIFICATION_TYPES, type ChannelName, type NotificationType } from '../../trading/types.js';
import type { Outgoing } from './channel.js';
import { discordPayload } from './discord.js';
import { textMail } from './mailBody.js';
import { telegramText } from './telegram.js';

const closed = { side: 'SELL', quantity: '0.00333', mode: 'paper' };

const DATA = {
  TRADE_EXECUTED: {
    side: 'BUY',
    quantity: '0.00333',
    price: '60012.4',
    stopPrice: '59412.28',
    targetPrice: '61212.65',
    confidence: 72,
    mode: 'paper',
  },
  PROFIT_TARGET_HIT: { ...closed, price: '61212.65', pnl: '3.59', pnlPct: '1.80', exitReason: 'target' },
  STOP_LOSS_HIT: { ...closed, price: '59412.28', pnl: '-2.40', pnlPct: '-1.20', exitReason: 'stop' },
  DAILY_LOSS_WARNING: { lossPct: -2.43, limitPct: 3, dailyPnl: -243.1 },
  SYSTEM_ERROR: {
    code: 'MongoServerSelectionError',
    reason: 'The step did not answer in time',
    component: 'ENGINE',
  },
  API_CONNECTION_LOST: { seconds: 65, reason: 'GET /api/v3/ticker/24hr: no answer within 5 s' },
  EMERGENCY_STOP: {
    trigger: 'DAILY_LOSS_EXCEEDED',
    reason: 'daily loss of 3.02 % reached the limit of 3 %',
    cancelledOrders: 1,
    liquidated: 0,
    openOrdersAfter: 0,
    protectiveOrders: 4,
    positionsAfter: 2,
  },
} satisfies Record<NotificationType, NotificationEvent['data']>;

const WITH_SYMBOL = new Set<NotificationType>(['TRADE_EXECUTED', 'PROFIT_TARGET_HIT', 'STOP_LOSS_HIT']);

/** An event of the type as trading sends it; the time is fixed. */
export function exampleEvent(type: NotificationType): NotificationEvent {
  const symbol = WITH_SYMBOL.has(type) ? { symbol: 'BTC/USDT' } : {};
  return { eventId: `example-${type}`, type, ...symbol, data: DATA[type], at: Date.UTC(2024, 7, 5, 12, 0, 7) };
}

const PUBLIC_URL = 'https://trader.example.org';

/** How a message looks on a channel, as text. */
export function exampleText(type: NotificationType, channel: ChannelName, locale: MessageLocale): string {
  const message = renderMessage(exampleEvent(type), locale);
  const outgoing: Outgoing = { id: exampleEvent(type).eventId, type, locale, message };
  const show: Record<ChannelName, () => string> = {
    dashboard: () => `${message.title}\n${message.summary}`,
    email: () => `Subject: ${message.title}\n\n${textMail(outgoing, PUBLIC_URL)}`,
    discord: () => JSON.stringify(discordPayload(outgoing, PUBLIC_URL), null, 1),
    telegram: () => telegramText(outgoing, PUBLIC_URL),
  };
  return show[channel]();
}

/** The page docs/notification-examples.md. */
export function examplesPage(): string {
  const head = `# How notifications look

Made by \`node scripts/run.mjs commands/notification-examples\` from the code that sends them; a test holds the page to
it. Discord's are the embeds as they are posted, Telegram's are in its HTML, mail is shown as text (it carries HTML too).
`;
  const titles = NOTIFICATION_TYPES.map((type) => `| \`${type}\` | ${title(type, 'en')} | ${title(type, 'ko')} |`).join(
    '\n',
  );
  const table = `\n| type | English | 한국어 |\n|---|---|---|\n${titles}\n`;
  return `${head}${table}${NOTIFICATION_TYPES.map(section).join('')}`;
}

const title = (type: NotificationType, locale: MessageLocale): string =>
  renderMessage(exampleEvent(type), locale).title;

function section(type: NotificationType): string {
  const parts = CHANNELS.map((channel) => {
    const cell = (locale: MessageLocale): string =>
      `<td><pre>${escaped(exampleText(type, channel, locale))}</pre></td>`;
    return `<tr><th>${channel}</th>${cell('en')}${cell('ko')}</tr>`;
  });
  return `\n## ${type}\n\n<table>\n<tr><th></th><th>English</th><th>한국어</th></tr>\n${parts.join('\n')}\n</table>\n`;
}

/** Blank lines would end the table in Markdown. */
function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/\n/g, '&#10;');
}
