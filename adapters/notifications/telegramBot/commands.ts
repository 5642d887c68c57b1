import { createHmac, timingSafeEqual } from 'node:crypto';
import type { MessageLocale } from '../../../trading/notifications/index.js';
import type { StatusView } from '../../../trading/types.js';
import { BOT_TEXTS, type BotTexts, type ShownPosition } from './texts.js';

/** What the bot may ask of the product, for one user. Throws CommandRefused where the state forbids it. */
export interface BotControl {
  status(userId: string): Promise<StatusView>;
  positions(userId: string): Promise<ShownPosition[]>;
  start(userId: string): Promise<void>;
  stop(userId: string): Promise<void>;
  /** Answers with the state that the emergency has reached, "EMERGENCY_STOPPED". */
  emergency(userId: string): Promise<string>;
}

/** The state forbids what was asked; the message is for the user. */
export class CommandRefused extends Error {
  override name = 'CommandRefused';
}

export interface Owner {
  userId: string;
  token: string;
  chatId: string;
  locale: MessageLocale;
}

/** The parts of Telegram's Update that matter here. */
export interface Update {
  update_id: number;
  message?: { date: number; text?: string; chat: { id: number; type: string }; from?: { id: number } };
  callback_query?: {
    id: string;
    data?: string;
    from?: { id: number };
    message?: { chat: { id: number; type: string } };
  };
}

export interface Reply {
  text: string;
  /** Buttons under the message. */
  buttons?: { text: string; data: string }[];
}

type Command = (control: BotControl, owner: Owner, texts: BotTexts, now: number) => Promise<Reply>;

/** What can be sent to the bot. Those that change something are not carried out when they come late. */
export const COMMANDS = {
  '/status': async (control, { userId }, texts) => ({ text: texts.status(await control.status(userId)) }),
  '/positions': async (control, { userId }, texts) => ({ text: texts.positions(await control.positions(userId)) }),
  '/profit': async (control, { userId }, texts) => ({ text: texts.profit(await control.status(userId)) }),
  // Telegram itself sends /start when a chat is opened: real money waits for a second word.
  '/start': async (control, owner, texts, now) =>
    (await control.status(owner.userId)).mode === 'live'
      ? question('start', texts.askStart, texts.yesStart, owner, texts, now)
      : ACTIONS.start(control, owner.userId, texts),
  '/stop': async (control, { userId }, texts) => (await control.stop(userId), { text: texts.stopped }),
  '/emergency': (_control, owner, texts, now) =>
    Promise.resolve(question('emergency', texts.askEmergency, texts.yes, owner, texts, now)),
} satisfies Record<string, Command>;

/** What is done after a button was pressed. */
const ACTIONS = {
  start: async (control, userId, texts) => (await control.start(userId), { text: texts.started }),
  emergency: async (control, userId, texts) => ({ text: texts.emergency(await control.emergency(userId)) }),
} satisfies Record<string, (control: BotControl, userId: string, texts: BotTexts) => Promise<Reply>>;
type Action = keyof typeof ACTIONS;

function question(action: Action, text: string, yes: string, owner: Owner, texts: BotTexts, now: number): Reply {
  return {
    text,
    buttons: [
      { text: yes, data: confirmation(action, owner, now) },
      { text: texts.no, data: 'no' },
    ],
  };
}

/** Older commands, in ms of real time, were sent while nobody listened and may no longer be meant. */
export const COMMAND_AGE_MS = 120_000;
/** A question must be answered within this time, ms. */
export const CONFIRM_WITHIN_MS = 60_000;

/**
 * Answers one update, or null where it is not the owner's: only the private chat that the user named is heard, and
 * there only its person. `now` is real time in ms.
 */
export async function answer(update: Update, owner: Owner, control: BotControl, now: number): Promise<Reply | null> {
  const from = update.message ?? update.callback_query;
  const chat = update.message?.chat ?? update.callback_query?.message?.chat;
  if (!from || !chat || chat.type !== 'private' || String(chat.id) !== owner.chatId) return null;
  if (from.from && String(from.from.id) !== owner.chatId) return null;
  const texts: BotTexts = BOT_TEXTS[owner.locale];
  try {
    if (update.callback_query) return await confirmed(update.callback_query.data ?? '', owner, control, texts, now);
    const name = /^\/[a-z]+/.exec(update.message?.text ?? '')?.[0] ?? '';
    const command = (COMMANDS as Record<string, Command>)[name];
    if (!command) return { text: texts.help };
    if (now - (update.message?.date ?? 0) * 1000 > COMMAND_AGE_MS) return { text: texts.late };
    return await command(control, owner, texts, now);
  } catch (error) {
    return { text: error instanceof CommandRefused ? texts.refused(error.message) : texts.failed };
  }
}

async function confirmed(
  data: string,
  owner: Owner,
  control: BotControl,
  texts: BotTexts,
  now: number,
): Promise<Reply> {
  if (data === 'no') return { text: texts.cancelled };
  const [, action = '', time = '0'] = /^(start|emergency):(\d{10,15}):/.exec(data) ?? [];
  const at = Number(time);
  const genuine = action !== '' && sameText(data, confirmation(action as Action, owner, at));
  if (!genuine || now - at > CONFIRM_WITHIN_MS || at > now) return { text: texts.expired };
  return ACTIONS[action as Action](control, owner.userId, texts);
}

/** The button's data carries its time under a seal, so that any process can tell that it asked, and when. */
function confirmation(action: Action, { token, chatId }: Owner, at: number): string {
  const seal = createHmac('sha256', token).update(`${action}:${chatId}:${at}`).digest('base64url').slice(0, 22);
  return `${action}:${at}:${seal}`;
}

function sameText(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
}
