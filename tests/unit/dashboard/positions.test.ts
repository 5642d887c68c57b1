import { isStopAlone, standingOf } from '../../../dashboard/src/features/monitoring/standing.js';
import { en } from '../../../dashboard/src/i18n/en.js';
import { ko } from '../../../dashboard/src/i18n/ko.js';
import { EXIT_REASONS } from '../../../trading/types.js';

const HELD = { status: 'OPEN', protection: { kind: 'OCO' }, pendingExit: null, unprotectedSince: null } as const;
const ALONE = { ...HELD, protection: { kind: 'STOP' } } as const;

test('of a position whose stop and target rest, or that is just being protected, there is nothing to say', () => {
  expect(standingOf(HELD)).toEqual([]);
  expect(standingOf({ ...HELD, protection: null })).toEqual([]);
  expect([HELD, ALONE, { ...HELD, protection: null }].map(isStopAlone)).toEqual([false, true, false]);
});

test('a sale that goes on, a stop alone and a lack of all are said, the worst first', () => {
  expect(standingOf({ ...HELD, pendingExit: 'manual' })).toEqual(['leaving']);
  expect(standingOf({ ...ALONE, pendingExit: 'target' })).toEqual(['leaving', 'stopAlone']);
  const bare = {
    ...HELD,
    protection: null,
    unprotectedSince: '2026-11-30T00:00:00.000Z',
    pendingExit: 'signal',
  } as const;
  expect(standingOf(bare)).toEqual(['unprotected', 'leaving']);
});

test('of a closed one nothing is said', () => {
  expect(standingOf({ ...ALONE, status: 'CLOSED', pendingExit: 'manual' })).toEqual([]);
});

test('each is worded in both languages, and a sale names its reason', () => {
  for (const words of [en, ko]) {
    expect(words.positions.leaving).toContain('{{reason}}');
    for (const standing of standingOf({ ...ALONE, unprotectedSince: '', pendingExit: 'manual' }))
      expect(words.positions[standing]).not.toBe('');
    for (const reason of EXIT_REASONS) expect(words.exitReason[reason]).not.toBe('');
  }
});
