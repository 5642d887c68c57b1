import { initialStatus } from '../../../adapters/database/statusRepository.js';
import type { EmergencyReceipt } from '../../../trading/types.js';
import { type Books, stateFromBooks } from '../../../workflows/fromBooks.js';
import { newReceipt } from '../../../workflows/receipt.js';

const NOW = Date.parse('2026-03-01T12:00:00.000Z');
const SINCE = '2026-02-01T00:00:00.000Z';
const LAST = '2026-03-01T11:58:20.000Z';

const status = (more: Partial<Books['status']> = {}): Books['status'] => ({
  ...initialStatus('u', 'paper', new Date(SINCE)),
  status: 'RUNNING',
  cycle: 77,
  lastCycleAt: LAST,
  ...more,
});
const books = (more: Partial<Books> = {}): Books => ({
  status: status(),
  isEnabled: true,
  fromBackup: false,
  liquidateOnEmergency: false,
  openPositions: 0,
  ...more,
});
const finished = (): EmergencyReceipt => ({
  ...newReceipt('DAILY_LOSS_EXCEEDED', '', NOW - 60_000),
  finishedAt: LAST,
});

test('whoever has done nothing yet begins as new', () => {
  const stored = status({ status: 'STOPPED', cycle: 0, lastCycleAt: null });
  expect(stateFromBooks('u', books({ status: stored, isEnabled: false }), NOW)).toBeNull();
});

test('whoever traded goes on: the same status since the same time, the cycles counted on, on the same grid, at once', () => {
  expect(stateFromBooks('u', books(), NOW)).toMatchObject({
    userId: 'u',
    status: 'RUNNING',
    since: Date.parse(SINCE),
    cycle: 77,
    anchor: Date.parse(LAST),
    nextCycleAt: NOW,
    lookAgainAt: NOW,
    unsettled: null,
    emergencyRequest: null,
  });
  const reducing = stateFromBooks('u', books({ status: status({ status: 'REDUCING' }) }), NOW);
  expect(reducing).toMatchObject({ status: 'REDUCING', nextCycleAt: NOW });
});

test('a start whose first cycle was not recorded yet holds', () => {
  const stored = status({ status: 'STOPPED', cycle: 0, lastCycleAt: null });
  const state = stateFromBooks('u', books({ status: stored }), NOW);
  expect(state).toMatchObject({ status: 'RUNNING', since: NOW, anchor: NOW, nextCycleAt: NOW, cycle: 0 });
});

test('a stop that was answered and not recorded yet holds, and is written down', () => {
  const state = stateFromBooks('u', books({ isEnabled: false, openPositions: 1 }), NOW);
  expect(state).toMatchObject({ status: 'STOPPED', nextCycleAt: null, lookAgainAt: NOW });
  expect(state!.unsettled).toEqual({ by: 'the stop before its workflow was lost' });
});

test('what is held by whoever is stopped is looked after', () => {
  const stored = status({ status: 'STOPPED' });
  const state = stateFromBooks('u', books({ status: stored, isEnabled: false, openPositions: 1 }), NOW);
  expect(state).toMatchObject({ status: 'STOPPED', since: Date.parse(SINCE), lookAgainAt: NOW, unsettled: null });
});

test('nobody trades on the books of a backup', () => {
  for (const each of ['RUNNING', 'STOPPED', 'REDUCING'] as const) {
    const state = stateFromBooks('u', books({ status: status({ status: each }), fromBackup: true }), NOW);
    expect(state).toMatchObject({ status: 'STOPPED', nextCycleAt: null });
    expect(state!.unsettled).toEqual({ by: 'the restored backup' });
  }
});

test('an emergency stop that was worked through stands, with its receipt', () => {
  const emergency = finished();
  const stored = status({ status: 'EMERGENCY_STOPPED', halted: true, emergency });
  const state = stateFromBooks('u', books({ status: stored, isEnabled: false }), NOW);
  expect(state).toMatchObject({ status: 'EMERGENCY_STOPPED', since: Date.parse(SINCE), emergency, nextCycleAt: null });
  expect(state!.emergencyRequest).toBeNull();
});

test('an emergency stop that the workflow had not taken is worked through, as it was asked for', () => {
  const halted = { askedAt: '2026-03-01T11:59:00.000Z', haltedAt: '2026-03-01T11:59:00.020Z' };
  const pendingStop = { trigger: 'MANUAL_STOP', reason: 'smoke\u0007', liquidate: true, halted } as const;
  const stored = status({ status: 'EMERGENCY_STOPPED', halted: true, pendingStop, emergency: finished() });
  const state = stateFromBooks('u', books({ status: stored, isEnabled: false }), NOW)!;
  expect(state).toMatchObject({ status: 'EMERGENCY_STOPPED', unsettled: null });
  expect(state.emergencyRequest).toMatchObject({ ...pendingStop, reason: 'smoke ', at: NOW });
  expect(state.emergency).toMatchObject({ triggeredAt: halted.askedAt, finishedAt: null, reason: 'smoke ' });
});

test('an emergency stop that was being worked through is, by what the user has set', () => {
  const begun = newReceipt('SYSTEM_ERROR', 'five cycles failed', NOW - 5_000);
  for (const emergency of [begun, null]) {
    const stored = status({ halted: true, emergency });
    const state = stateFromBooks('u', books({ status: stored, liquidateOnEmergency: true }), NOW)!;
    expect(state).toMatchObject({ status: 'EMERGENCY_STOPPED', since: NOW });
    const trigger = emergency ? 'SYSTEM_ERROR' : 'MANUAL_STOP';
    expect(state.emergencyRequest).toMatchObject({ trigger, liquidate: true, at: NOW });
    expect(state.emergency).toMatchObject({ trigger, finishedAt: null });
  }
});

test('a reset whose end was not recorded is asked for again', () => {
  const stored = status({ status: 'EMERGENCY_STOPPED', emergency: finished() });
  const state = stateFromBooks('u', books({ status: stored, isEnabled: false }), NOW);
  expect(state).toMatchObject({ status: 'EMERGENCY_STOPPED', emergencyRequest: null });
});
