import { type Accepted, judge, type Told } from '../../../commands/notifications/judge.js';

const everywhere = { email: 'delivered', discord: 'delivered', telegram: 'delivered' };
const told: Told = { eventId: 'e', userId: 'u', at: 1_000, gathered: false, outcomes: everywhere };
const accepted = (over: Partial<Accepted> = {}): Accepted => ({
  channel: 'email',
  userId: 'u',
  id: 'e',
  at: 2_000,
  acknowledged: true,
  marked: false,
  ...over,
});
const all = [accepted(), accepted({ channel: 'discord' }), accepted({ channel: 'telegram' })];

test('what arrived once and soon is neither lost, doubled nor late', () => {
  expect(judge([told], all, [], [])).toMatchObject({ arrived: 3, lost: [], unexplained: [], late: [] });
});

test('what no receiver saw is lost, whatever the database says, and so is what it does not call delivered', () => {
  expect(judge([told], all.slice(1), [], []).lost).toEqual(['e by email: no receiver saw it']);
  const pending = { ...told, outcomes: { ...everywhere, telegram: 'pending: x' } };
  expect(judge([pending], all, [], []).lost).toEqual(['e by telegram: pending: x']);
});

test('a repeat needs a cause: a kill after the first, or an answer that was withheld', () => {
  const again = accepted({ channel: 'discord', at: 9_000, marked: true });
  expect(judge([told], [...all, again], [], []).unexplained).toHaveLength(1);
  expect(judge([told], [...all, again], [], [2_001])).toMatchObject({
    unexplained: [],
    repeats: { afterKill: 1, marked: 1, markable: 1 },
  });
  const withheld = [all[0]!, { ...all[1]!, acknowledged: false }, all[2]!, again];
  expect(judge([told], withheld, [], []).repeats.afterWithheldAnswer).toBe(1);
});

test('late is counted from the telling or the channel’s return, and a kill excuses nothing', () => {
  const late = [accepted({ at: 40_000 }), ...all.slice(1)];
  expect(judge([told], late, [], []).late).toEqual(['e by email: 39.0 s']);
  expect(judge([told], late, [{ channel: 'email', from: 500, to: 15_000 }], []).late).toEqual([]);
  expect(judge([told], late, [{ channel: 'discord', from: 500, to: 15_000 }], []).late).toHaveLength(1);
  expect(judge([told], late, [], [12_000]).late).toHaveLength(1);
});

test('a kill strikes where something is on its way, and not while its channel is away', () => {
  const slow = [accepted({ at: 9_000 }), ...all.slice(1)];
  expect(judge([told], slow, [], [1_500, 5_000, 9_500]).struck).toBe(2);
  expect(judge([told], slow, [{ channel: 'email', from: 500, to: 6_000 }], [5_000]).struck).toBe(0);
});

test('the events of a burst are counted by their digests', () => {
  const burst = ['a', 'b', 'c'].map((eventId) => ({ ...told, eventId, gathered: true }));
  const inDigests = (['email', 'discord', 'telegram'] as const).flatMap((channel) => [
    accepted({ channel, id: 'a' }),
    accepted({ channel, id: 'digest-b-2' }),
  ]);
  expect(judge(burst, inDigests, [], [])).toMatchObject({ lost: [], arrived: 9, digests: 3 });
  expect(judge(burst, inDigests.slice(0, -1), [], []).lost).toEqual(['u by telegram: 1 of 3 events of bursts']);
});
