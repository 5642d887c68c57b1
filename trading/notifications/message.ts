import type { LogLevel, NotificationType } from '../types.js';
import { describeCode } from './codes.js';
import { localizeReason } from './reasons.js';
import { NOTIFICATION_RULES } from './rules.js';
import { EN } from './texts/en.js';
import { KO } from './texts/ko.js';
import { formatValue, plain } from './values.js';

export { plain } from './values.js';

export type MessageLocale = 'en' | 'ko';

/** Something to be told. `data` are the event's own fields; those that no text knows are shown under their names. */
export interface NotificationEvent {
  eventId: string;
  type: NotificationType;
  symbol?: string;
  data: Readonly<Record<string, string | number | boolean | null>>;
  /** Real time, ms. */
  at: number;
}

/** A message before any channel's markup: plain text, one line each, free of control characters. */
export interface Message {
  severity: LogLevel;
  title: string;
  summary: string;
  facts: { label: string; value: string }[];
  /** "2024-08-05 12:00:07 UTC" */
  time: string;
}

/** The words of one language. */
export interface Texts {
  titles: Record<NotificationType, (event: Shown) => string>;
  summaries: Record<NotificationType, (event: Shown) => string>;
  /** Names of fields, in the order in which they are shown. */
  labels: Readonly<Record<string, string>>;
  words: Readonly<Record<string, string>>;
  digest: { title: (count: number) => string; summary: (count: number) => string };
  footer: { open: string; why: string; unsubscribe: string; repeat: string };
  codes: { title: string; summary: (code: string) => string };
  test: { title: string; summary: string };
}

/** An event's fields as text, already formatted; an absent one is an empty text. */
export type Shown = (field: string) => string;

export const TEXTS = { en: EN, ko: KO } satisfies Record<MessageLocale, Texts>;

/** The language of a user's locale ("ko", "ko-KR"); English where there is no text of its own. */
export function messageLocale(locale: string): MessageLocale {
  return /^ko\b/i.test(locale) ? 'ko' : 'en';
}

/** Amounts of money; their currency is the market's quote, or the account's where the event is of no market. */
const MONEY: ReadonlySet<string> = new Set(['pnl', 'dailyPnl', 'equity']);
const ACCOUNT_CURRENCY = 'USDT';

/** One event as a message. */
export function renderMessage(event: NotificationEvent, locale: MessageLocale): Message {
  const texts = TEXTS[locale];
  const values = localized({ symbol: event.symbol, ...event.data }, locale);
  const quote = /^[^/]+\/([^/:]+)/.exec(String(values['symbol'] ?? ''))?.[1] ?? ACCOUNT_CURRENCY;
  const shown: Shown = (field) => {
    const text = formatValue(field, values[field], texts.words);
    return text !== '' && MONEY.has(field) ? `${text} ${quote}` : text;
  };
  const facts = inOrder(Object.keys(values), Object.keys(texts.labels))
    .map((field) => ({ label: plain(texts.labels[field] ?? field), value: shown(field) }))
    .filter(({ value }) => value !== '');
  return {
    severity: NOTIFICATION_RULES[event.type].severity,
    title: plain(texts.titles[event.type](shown)),
    summary: plain(texts.summaries[event.type](shown)),
    facts,
    time: `${new Date(event.at).toISOString().slice(0, 19).replace('T', ' ')} UTC`,
  };
}

/** Fields in the order of the labels, so that every message of a type reads alike; those without a label at the end. */
function inOrder(fields: readonly string[], labels: readonly string[]): string[] {
  const place = (field: string) => (labels.includes(field) ? labels.indexOf(field) : labels.length);
  return [...fields].sort((a, b) => place(a) - place(b));
}

/** Our own reasons and codes in the reader's language; other people's words stay as they are. */
function localized(values: Readonly<Record<string, unknown>>, locale: MessageLocale): Record<string, unknown> {
  const said: Record<string, unknown> = { ...values };
  for (const field of ['reason', 'message'])
    if (typeof said[field] === 'string') said[field] = localizeReason(plain(said[field]), locale);
  if (typeof said['code'] === 'string') said['code'] = describeCode(said['code'], locale);
  return said;
}

/** Several events as one message; a single one is its own message. The first 20 are listed. */
export function renderDigest(events: readonly NotificationEvent[], locale: MessageLocale): Message {
  const messages = events.map((event) => renderMessage(event, locale));
  const [first] = messages;
  if (!first) throw new Error('a digest needs at least one event');
  if (messages.length === 1) return first;
  const { digest } = TEXTS[locale];
  const listed = messages.slice(0, LISTED).map(({ time, summary }) => ({ label: time.slice(11, 19), value: summary }));
  const more = messages.length - listed.length;
  return {
    severity: worst(messages.map(({ severity }) => severity)),
    title: digest.title(messages.length),
    summary: digest.summary(messages.length),
    facts: more > 0 ? [...listed, { label: '…', value: `+${more}` }] : listed,
    time: messages.at(-1)?.time ?? first.time,
  };
}

const LISTED = 20;

function worst(severities: readonly LogLevel[]): LogLevel {
  return severities.includes('ERROR') ? 'ERROR' : severities.includes('WARNING') ? 'WARNING' : 'INFO';
}
