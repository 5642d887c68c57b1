import { plain, TEXTS } from '../../trading/notifications/index.js';
import { ChannelFailure, type Channel, type ChannelOptions, type Outgoing } from './channel.js';
import { jsonField, postJson, retryAfterMs, type HttpAnswer } from './http.js';
import { dashboardLink } from './links.js';
import { MARKS } from './marks.js';
import { cut } from './telegram.js';

const HOSTS = new Set(['discord.com', 'discordapp.com', 'ptb.discord.com', 'canary.discord.com']);

/** Messages by a webhook, as an embed that mentions nobody. */
export function createDiscordChannel(options: ChannelOptions): Channel {
  return {
    name: 'discord',
    async send(outgoing, destination) {
      if (destination.channel !== 'discord') throw new ChannelFailure('not a Discord webhook', { permanent: true });
      const url = webhookUrl(destination.webhook, options.discordBaseUrl);
      const answer = await postJson(
        `${url}?wait=true`,
        discordPayload(outgoing, options.publicUrl),
        options.deadlineMs ?? 10_000,
      );
      if (answer.status !== 200 && answer.status !== 204) throw refusalOf(answer);
      return { answer: `message ${String(jsonField(answer.body, 'id') ?? 'accepted')}` };
    },
    close: () => Promise.resolve(),
  };
}

/**
 * The address to post to. Only https, only Discord's own hosts, only `/api/webhooks/<id>/<token>`: anything else would
 * let a user make this server call addresses of their choice. An operator's own base replaces the host.
 */
export function webhookUrl(webhook: string, baseUrl?: string): string {
  const refuse = (): never => {
    throw new ChannelFailure('the webhook is not of the form https://discord.com/api/webhooks/<id>/<token>', {
      permanent: true,
    });
  };
  const url = URL.canParse(webhook) ? new URL(webhook) : refuse();
  const path = /^\/api(?:\/v\d{1,2})?\/webhooks\/(\d{1,30})\/([A-Za-z0-9_-]{1,120})\/?$/.exec(url.pathname);
  const clean = url.protocol === 'https:' && url.port === '' && url.username === '' && url.password === '';
  if (!path || !clean || !HOSTS.has(url.hostname)) return refuse();
  const base = baseUrl?.replace(/\/+$/, '') ?? 'https://discord.com';
  return `${base}/api/webhooks/${path[1]}/${path[2]}`;
}

function refusalOf({ status, headers, body }: HttpAnswer): ChannelFailure {
  if (status === 429) {
    const after = retryAfterMs(jsonField(body, 'retry_after')) ?? retryAfterMs(headers.get('retry-after'));
    return new ChannelFailure('Discord asks to wait (429)', { retryAfterMs: after ?? 5_000 });
  }
  // 3xx too: a webhook does not move, and a redirect is not followed.
  const permanent = status >= 300 && status < 500 && status !== 408;
  return new ChannelFailure(`Discord answered ${status}`, { permanent });
}

type Content = Pick<Outgoing, 'id' | 'message' | 'locale' | 'mayRepeat'>;

/** Discord's limits: title 256, description 4,096, 25 fields of 256 and 1,024, 6,000 in all. */
export function discordPayload({ id, message, locale, mayRepeat }: Content, publicUrl?: string): object {
  const { sign, color } = MARKS[message.severity];
  const link = dashboardLink(publicUrl);
  const { footer } = TEXTS[locale];
  const fields = message.facts.slice(0, 24).map(({ label, value }) => ({
    name: cut(escapeMarkdown(label), 60),
    value: cut(escapeMarkdown(value), 160),
    inline: value.length < 24,
  }));
  const open = link ? [{ name: '\u200b', value: `[${footer.open}](${link})`, inline: false }] : [];
  return {
    username: 'Crypto Trader Pro',
    allowed_mentions: { parse: [] },
    embeds: [
      {
        title: `${sign} ${cut(escapeMarkdown(message.title), 240)}`,
        description: cut(escapeMarkdown(message.summary), 600),
        color: Number.parseInt(color.slice(1), 16),
        fields: [...fields, ...open],
        footer: { text: [message.time, cut(plain(id), 200), ...(mayRepeat ? [footer.repeat] : [])].join(' · ') },
      },
    ],
  };
}

/** Discord's markdown, mentions and links lose their meaning; the reader sees the characters. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\*_~`|>#[\]()<@:-]/g, (mark) =>
    mark === '@' ? '@\u200b' : mark === ':' ? ':\u200b' : `\\${mark}`,
  );
}
