/** Users' Telegram bots, heard by the API's process: what a command asks is done as the user's own request would be. */
import { ApplicationFailure } from '@temporalio/common';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import type { Repositories } from '../adapters/database/repositories.js';
import { addressContext } from '../adapters/notifications/addresses.js';
import { createTelegramApi } from '../adapters/notifications/telegram.js';
import { type BotControl, CommandRefused, type Owner } from '../adapters/notifications/telegramBot/commands.js';
import { listenToBots } from '../adapters/notifications/telegramBot/listen.js';
import { open } from '../adapters/secrets/envelope.js';
import type { MasterKeys } from '../adapters/secrets/master-keys.js';
import type { SignInPolicy } from '../adapters/settings.js';
import { messageLocale } from '../trading/notifications/index.js';
import { requiredOf } from './auth/policy.js';
import { Problem } from './http/problem.js';
import type { TradingService } from './services/trading.js';

/** Listens until the returned function is called. TELEGRAM_BASE_URL is the operator's own gateway, where there is one. */
export function startTelegramBots(parts: {
  repositories: Pick<Repositories, 'notifications' | 'users' | 'positions' | 'audit'>;
  keys: MasterKeys;
  trading: Pick<TradingService, 'start' | 'stop' | 'emergencyStop' | 'status'>;
  warn(message: string): void;
  signInPolicy: SignInPolicy;
  telegramBaseUrl?: string | undefined;
  refreshMs?: number;
}): () => Promise<void> {
  const { repositories, keys, warn, telegramBaseUrl, refreshMs } = parts;
  const call = createTelegramApi({ telegramBaseUrl });
  return listenToBots({ call, control: controlOf(parts), owners: () => ownersOf(repositories, keys), warn, refreshMs });
}

/** What the bots may do. Throws CommandRefused to begin trading while something is required of the account. */
export function controlOf({
  repositories: { positions, audit, users },
  trading,
  signInPolicy,
}: {
  repositories: Pick<Repositories, 'positions' | 'audit' | 'users'>;
} & Pick<Parameters<typeof startTelegramBots>[0], 'trading' | 'signInPolicy'>): BotControl {
  const by = (userId: string): string => `user ${userId} by Telegram`;
  const note = (userId: string, action: string): Promise<void> =>
    audit.append({ actorId: userId, userId, action, changes: { by: 'telegram' } });
  return {
    status: (userId) => trading.status(userId),
    async positions(userId) {
      return (await positions.open(userId)).map((each) => ({ ...each, protected: each.protection !== null }));
    },
    async start(userId) {
      const user = await users.get(userId);
      if (user && requiredOf(user, signInPolicy).length > 0)
        throw new CommandRefused('sign in first: the account needs a password of your own and a second factor');
      await refusable(trading.start(userId, by(userId)));
      await note(userId, 'trading.start');
    },
    async stop(userId) {
      await refusable(trading.stop(userId, { mode: 'now', by: by(userId) }));
      await note(userId, 'trading.stop');
    },
    async emergency(userId) {
      const request = { trigger: 'MANUAL_STOP', reason: 'Telegram', by: by(userId) } as const;
      const { finishedAt } = await refusable(trading.emergencyStop(userId, request));
      await note(userId, 'trading.emergency-stop');
      return `EMERGENCY_STOPPED ${finishedAt ?? '…'}`;
    },
  };
}

async function ownersOf(
  repositories: Pick<Repositories, 'notifications' | 'users'>,
  keys: MasterKeys,
): Promise<Owner[]> {
  const found = await repositories.notifications.telegramUsers();
  const owners = await Promise.all(
    found.map(async ({ userId, telegram }) => {
      const user = await repositories.users.get(userId);
      if (!user || user.disabled) return [];
      try {
        const token = open(keys, telegram.token, addressContext(userId, 'telegram'));
        return [{ userId, token, chatId: telegram.chatId, locale: messageLocale(user.locale) }];
      } catch {
        return []; // sealed with a key that is gone: the user sets it anew
      }
    }),
  );
  return owners.flat();
}

/** What the workflow, or the check before it, refused is the state's word and not an error. */
async function refusable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Problem && error.status === 409) throw new CommandRefused(error.detail);
    if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure)
      throw new CommandRefused(error.cause.message);
    throw error;
  }
}
