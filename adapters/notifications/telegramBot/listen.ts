import { ChannelFailure } from '../channel.js';
import type { TelegramCall } from '../telegram.js';
import { pause } from './pause.js';
import { answer, type BotControl, type Owner, type Update } from './commands.js';

export interface ListenOptions {
  call: TelegramCall;
  control: BotControl;
  /** Users with a bot, asked anew every `refreshMs`: who sets one up is heard without a restart. */
  owners(): Promise<Owner[]>;
  warn(message: string): void;
  refreshMs?: number;
  /** How long Telegram may hold a question for news, s. */
  pollSeconds?: number;
}

interface Bot {
  owners: Owner[];
  done: Promise<void>;
  /** The question under way; Telegram holds it until there is news. */
  question: AbortController | null;
}

/**
 * Listens to every user's bot and answers its owner. Users with the same bot share one connection. A bot to which
 * another process listens is left to it for a while (Telegram answers 409). The returned function ends it all.
 */
export function listenToBots(options: ListenOptions): () => Promise<void> {
  const { refreshMs = 30_000 } = options;
  const stopping = new AbortController();
  const bots = new Map<string, Bot>();
  const main = loop();
  return async () => {
    stopping.abort();
    for (const bot of bots.values()) bot.question?.abort();
    await Promise.allSettled([main, ...[...bots.values()].map(({ done }) => done)]);
  };

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        refresh(await options.owners());
      } catch {
        options.warn('the users with a Telegram bot could not be read; asking again');
      }
      await pause(refreshMs, stopping.signal);
    }
  }

  function refresh(owners: readonly Owner[]): void {
    for (const bot of bots.values()) bot.owners = [];
    for (const owner of owners) {
      const bot = bots.get(owner.token) ?? open(owner.token);
      bot.owners.push(owner);
    }
  }

  function open(token: string): Bot {
    const bot: Bot = { owners: [], done: Promise.resolve(), question: null };
    bots.set(token, bot);
    // Begins after this turn, when the owners are listed.
    bot.done = Promise.resolve()
      .then(() => listen(token, bot))
      .finally(() => bots.delete(token));
    return bot;
  }

  async function listen(token: string, bot: Bot): Promise<void> {
    let offset: number | undefined;
    while (!stopping.signal.aborted && bot.owners.length > 0) {
      try {
        const updates = await ask(token, bot, offset);
        for (const update of updates) {
          await tell(token, bot.owners, update);
          offset = update.update_id + 1;
        }
      } catch (error) {
        await pause(delayAfter(error), stopping.signal);
      }
    }
  }

  async function ask(token: string, bot: Bot, offset: number | undefined): Promise<Update[]> {
    const { pollSeconds = 20 } = options;
    const parameters = { offset, timeout: pollSeconds, allowed_updates: ['message', 'callback_query'] };
    bot.question = new AbortController();
    const waiting = { deadlineMs: (pollSeconds + 10) * 1000, giveUp: bot.question };
    const result = await options.call(token, 'getUpdates', parameters, waiting);
    return Array.isArray(result) ? (result as Update[]) : [];
  }

  async function tell(token: string, owners: readonly Owner[], update: Update): Promise<void> {
    for (const owner of owners) {
      const reply = await answer(update, owner, options.control, Date.now());
      if (!reply) continue;
      if (update.callback_query)
        await quietly(options.call(token, 'answerCallbackQuery', { callback_query_id: update.callback_query.id }));
      const keyboard = reply.buttons && {
        inline_keyboard: [reply.buttons.map(({ text, data }) => ({ text, callback_data: data }))],
      };
      await quietly(
        options.call(token, 'sendMessage', {
          chat_id: owner.chatId,
          text: reply.text,
          parse_mode: 'HTML',
          reply_markup: keyboard,
        }),
      );
      return;
    }
  }

  /** The command was carried out whether or not its answer arrives; it is not carried out again for that. */
  async function quietly(call: Promise<unknown>): Promise<void> {
    await call.catch((error: unknown) =>
      options.warn(`a bot's answer was not sent: ${error instanceof Error ? error.message : 'failed'}`),
    );
  }
}

/** 409: someone else listens. A wrong token: it may be corrected. Else the service is away for a moment. */
function delayAfter(error: unknown): number {
  const { permanent = false, retryAfterMs } = error instanceof ChannelFailure ? error.options : {};
  return retryAfterMs ?? (permanent || (error instanceof Error && error.message.includes('409')) ? 30_000 : 3_000);
}
