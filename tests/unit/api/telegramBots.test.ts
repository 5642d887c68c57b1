import type { UserDocument } from '../../../adapters/database/documents.js';
import { CommandRefused } from '../../../adapters/notifications/telegramBot/commands.js';
import { conflict } from '../../../api/http/problem.js';
import { controlOf } from '../../../api/telegramBots.js';

/** One user's bot, and what it has had done. */
function bot(user: Partial<UserDocument>, signInPolicy: 'basic' | 'strict', start?: () => Promise<void>) {
  const done: string[] = [];
  const note = (what: string) => async () => void done.push(what);
  const parts = {
    repositories: { users: { get: async () => user }, audit: { append: async () => undefined }, positions: {} },
    trading: { start: start ?? note('start'), stop: note('stop') },
    signInPolicy,
  };
  return { control: controlOf(parts as unknown as Parameters<typeof controlOf>[0]), done };
}

describe('a bot of an account of which something is required', () => {
  test('does not begin trading, and stops it', async () => {
    const { control, done } = bot({ totp: null }, 'strict');
    await expect(control.start('a')).rejects.toThrow(CommandRefused);
    await control.stop('a');
    expect(done).toEqual(['stop']);
  });

  test('begins trading where nothing is, or the policy asks for nothing', async () => {
    const totp = { confirmed: true } as UserDocument['totp'];
    for (const { control, done } of [bot({ totp }, 'strict'), bot({ totp: null, temporaryPassword: true }, 'basic')]) {
      await control.start('a');
      expect(done).toEqual(['start']);
    }
  });
});

test('a start that the state forbids is refused in its words', async () => {
  const refuse = () => Promise.reject(conflict('The exchange lists none of your symbols.', 'NOTHING_LISTED'));
  const { control } = bot({}, 'basic', refuse);
  await expect(control.start('a')).rejects.toThrow(new CommandRefused('The exchange lists none of your symbols.'));
});
