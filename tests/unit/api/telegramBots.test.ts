import type { UserDocument } from '../../../adapters/database/documents.js';
import { CommandRefused } from '../../../adapters/notifications/telegramBot/commands.js';
import { controlOf } from '../../../api/telegramBots.js';

/** One user's bot, and what it has had done. */
function bot(user: Partial<UserDocument>, signInPolicy: 'basic' | 'strict') {
  const done: string[] = [];
  const note = (what: string) => async () => void done.push(what);
  const parts = {
    repositories: { users: { get: async () => user }, audit: { append: async () => undefined }, positions: {} },
    trading: { start: note('start'), stop: note('stop') },
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
