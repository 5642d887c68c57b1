import { type NotificationEvent, renderMessage, TEXTS } from '../../../../trading/notifications/message.js';
import type { NotificationEntry } from '../../api/types.js';
import { emergencyReason, logText } from '../../i18n/server/index.js';

/** A notification in the language of the page, whichever it was sent in; what can't be said anew stays as it was sent. */
export function wordsOf(entry: NotificationEntry, language: string): { title: string; message: string } {
  const { id, type, data, createdAt, title, message } = entry;
  const locale = language === 'ko' ? 'ko' : 'en';
  if (type === 'TEST') return { title: TEXTS[locale].test.title, message: TEXTS[locale].test.summary };
  if (Object.keys(data).length === 0) return { title, message };
  const { reason } = data;
  const said = typeof reason === 'string' ? { ...data, reason: logText(emergencyReason(reason)) } : data;
  // As they were told: only texts, numbers and the like are ever stored with an event.
  const event = { eventId: id, type, data: said as NotificationEvent['data'], at: Date.parse(createdAt) };
  const rendered = renderMessage(event, locale);
  return { title: rendered.title, message: rendered.summary };
}
