import fc from 'fast-check';
import {
  CIRCUIT,
  CLOSED_CIRCUIT,
  circuitAllows,
  circuitStep,
  type CircuitEvent,
  type CircuitState,
} from '../../../trading/risk/circuit.js';

const run = (events: CircuitEvent[], from: CircuitState = CLOSED_CIRCUIT) => events.reduce(circuitStep, from);
const failures = (count: number, at = 0): CircuitEvent[] =>
  Array.from({ length: count }, () => ({ kind: 'failure', at }));

test('failures short of the limit leave it closed, and a success forgets them', () => {
  const almost = run(failures(CIRCUIT.failuresToOpen - 1));
  expect(almost).toMatchObject({ phase: 'closed', count: 4 });
  expect(circuitAllows(almost, 0)).toBe(true);
  expect(circuitStep(almost, { kind: 'success', at: 1 })).toEqual(CLOSED_CIRCUIT);
});

test('what tells nothing new leaves the very same state', () => {
  expect(circuitStep(CLOSED_CIRCUIT, { kind: 'success', at: 1 })).toBe(CLOSED_CIRCUIT);
  const almost = run(failures(3));
  expect(circuitStep(almost, { kind: 'attempt', at: 1 })).toBe(almost);
});

test('a run of failures opens it for its time', () => {
  const open = run(failures(5, 1000));
  expect(open).toEqual({ phase: 'open', count: 0, openUntil: 6000, openForMs: 10_000, probeAt: null });
  expect(circuitAllows(open, 5999)).toBe(false);
  expect(circuitAllows(open, 6000)).toBe(true);
});

test('late news of calls that were under way do not move an open circuit', () => {
  const open = run(failures(5, 1000));
  expect(
    run(
      [
        { kind: 'success', at: 1100 },
        { kind: 'failure', at: 1200 },
        { kind: 'attempt', at: 1300 },
      ],
      open,
    ),
  ).toEqual(open);
});

test('one probe at a time passes, and a probe without an answer gives way', () => {
  const probing = run([{ kind: 'attempt', at: 6000 }], run(failures(5, 1000)));
  expect(probing).toMatchObject({ phase: 'half-open', probeAt: 6000, count: 0 });
  expect(circuitAllows(probing, 6001)).toBe(false);
  expect(circuitStep(probing, { kind: 'attempt', at: 6001 })).toBe(probing);
  expect(circuitAllows(probing, 6000 + CIRCUIT.probeTimeoutMs)).toBe(true);
});

test('a probe late in the day is waited for as long as any other', () => {
  const open = run(failures(5, 80_000_000));
  const probing = run([{ kind: 'attempt', at: open.openUntil }], open);
  expect(circuitAllows(probing, open.openUntil + CIRCUIT.probeTimeoutMs - 1)).toBe(false);
  expect(circuitAllows(probing, open.openUntil + CIRCUIT.probeTimeoutMs)).toBe(true);
});

test('two good probes close it and reset its times', () => {
  const once = run(
    [
      { kind: 'attempt', at: 6000 },
      { kind: 'success', at: 6001 },
    ],
    run(failures(5, 1000)),
  );
  expect(once).toMatchObject({ phase: 'half-open', count: 1, probeAt: null });
  const again = run([{ kind: 'attempt', at: 6002 }], once);
  expect(again).toMatchObject({ phase: 'half-open', count: 1, probeAt: 6002 });
  expect(circuitStep(again, { kind: 'success', at: 6003 })).toEqual(CLOSED_CIRCUIT);
});

test('a failed probe opens it for twice as long, up to the longest', () => {
  let state = run(failures(5, 0));
  for (const expected of [10_000, 20_000, 40_000, 80_000, 120_000, 120_000]) {
    const at = state.openUntil;
    state = run(
      [
        { kind: 'attempt', at },
        { kind: 'failure', at },
      ],
      state,
    );
    expect(state).toMatchObject({ phase: 'open', openUntil: at + expected });
  }
});

test('whatever happens, it lets a call through again within its longest pause', () => {
  const event = fc.record({ kind: fc.constantFrom('success', 'failure', 'attempt'), step: fc.nat(30_000) });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (steps) => {
      let at = 0;
      let state = CLOSED_CIRCUIT;
      for (const { kind, step } of steps)
        state = circuitStep(state, { kind: kind as CircuitEvent['kind'], at: (at += step) });
      expect(circuitAllows(state, at + CIRCUIT.longestOpenMs)).toBe(true);
    }),
  );
});
