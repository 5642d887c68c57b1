import fc from 'fast-check';
import { EMERGENCY_TRIGGERS } from '../../../trading/types.js';
import {
  closeRequest,
  emergencyRequest,
  fillNotice,
  resetRequest,
  startedBy,
  stopRequest,
} from '../../../workflows/requests.js';

const HALT = { askedAt: '2026-03-01T12:00:00.000Z', haltedAt: '2026-03-01T12:00:00.010Z' };

test('what the API says is taken as it is said', () => {
  const emergency = {
    trigger: 'DAILY_LOSS_EXCEEDED',
    reason: 'too much',
    liquidate: true,
    by: 'ann@example.org',
    halted: HALT,
    fleet: { ...HALT, afterMs: 100, overMs: 2_000, lastsMs: 5_000 },
  };
  expect(emergencyRequest(emergency)).toEqual(emergency);
  expect(stopRequest({ mode: 'reduce', by: 'ann' })).toEqual({ mode: 'reduce', by: 'ann' });
  expect(resetRequest({ by: 'ann', reason: 'looked at it' })).toEqual({ by: 'ann', reason: 'looked at it' });
  expect(closeRequest({ positionId: 'p-1', by: 'ann' })).toEqual({ positionId: 'p-1', by: 'ann' });
  const fill = { symbol: 'BTC/USDT', clientOrderId: 'c-1', status: 'filled' };
  expect(fillNotice(fill)).toEqual(fill);
});

test.each([undefined, null, {}])('%p says nothing, and is a stop by hand', (given) => {
  expect(emergencyRequest(given)).toEqual({});
  expect(stopRequest(given)).toEqual({ mode: 'now', by: 'signal' });
  expect(startedBy(given, 'signal')).toBe('signal');
  expect(resetRequest(given)).toEqual({ by: 'update', reason: '' });
  expect(closeRequest(given)).toEqual({ positionId: '', by: 'update' });
});

test('a reason that is no text is told as one, and plain words in place of an object are the reason', () => {
  expect(emergencyRequest({ reason: 2026 })).toEqual({ reason: '2026' });
  expect(emergencyRequest({ reason: { why: ['odd'] } })).toEqual({ reason: '{"why":["odd"]}' });
  expect(emergencyRequest('the exchange looks odd')).toEqual({ reason: 'the exchange looks odd' });
  expect(emergencyRequest(['a\nb'])).toEqual({ reason: '["a\\nb"]' });
  expect(emergencyRequest({ reason: 'a\nb\u0007' })).toEqual({ reason: 'a b ' });
});

test('a trigger that is none counts as a stop by hand', () => {
  for (const trigger of ['NOPE', 7, null, {}])
    expect(emergencyRequest({ trigger })).toEqual({ trigger: 'MANUAL_STOP' });
});

test('whether to sell is taken as a word, too, and nothing else is', () => {
  expect(emergencyRequest({ liquidate: 'true' })).toEqual({ liquidate: true });
  expect(emergencyRequest({ liquidate: 'false' })).toEqual({ liquidate: false });
  for (const liquidate of [1, {}, null]) expect(emergencyRequest({ liquidate })).toEqual({});
});

test('a halt or a turn of no moment is none', () => {
  for (const halted of [{ askedAt: 'soon', haltedAt: 'now' }, { askedAt: HALT.askedAt }, 'x', [HALT]])
    expect(emergencyRequest({ halted, fleet: halted })).toEqual({});
  expect(emergencyRequest({ fleet: { ...HALT, afterMs: -1, overMs: 'x' } })).toEqual({
    fleet: { ...HALT, afterMs: 0, overMs: 0 },
  });
});

test('whatever is said, each is read without a fault, as what it is to be, and short', () => {
  const fields = ['trigger', 'reason', 'liquidate', 'by', 'halted', 'fleet', 'mode', 'positionId', 'symbol', 'status'];
  const said = fc.oneof(
    fc.jsonValue(),
    fc.dictionary(fc.constantFrom(...fields), fc.oneof(fc.jsonValue(), fc.string({ maxLength: 2_000 }))),
  );
  fc.assert(
    fc.property(said, (given) => {
      const { trigger, reason = '', liquidate, by, halted, fleet } = emergencyRequest(given);
      expect([undefined, ...EMERGENCY_TRIGGERS]).toContain(trigger);
      expect([undefined, true, false]).toContain(liquidate);
      for (const one of [halted, fleet]) if (one) expect(new Date(one.askedAt).toISOString()).toBeTruthy();
      const texts = [
        reason,
        ...Object.values(fillNotice(given)),
        closeRequest(given).positionId,
        resetRequest(given).reason,
      ];
      for (const text of texts) expect(text.length).toBeLessThanOrEqual(500);
      const names: string[] = [
        by ?? '',
        startedBy(given, 'x'),
        stopRequest(given).by,
        resetRequest(given).by,
        closeRequest(given).by ?? '',
      ];
      for (const name of names) expect(name.length).toBeLessThanOrEqual(100);
      expect(['now', 'reduce']).toContain(stopRequest(given).mode);
    }),
  );
});
