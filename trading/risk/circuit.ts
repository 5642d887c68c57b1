/**
 * Circuit breaker of the exchange's connection as a pure reducer; times are real, ms. Closed: calls flow. After a run
 * of failures it opens and calls are refused at once. When its time is over one probe at a time may pass (half-open);
 * probes that succeed close it, one that fails opens it again for twice as long.
 */
export interface CircuitState {
  phase: 'closed' | 'open' | 'half-open';
  /** Failures in a row while closed; probes that succeeded in a row while half-open. */
  count: number;
  /** While open: when the first probe may pass. */
  openUntil: number;
  /** How long it opens the next time. */
  openForMs: number;
  /** While half-open: when the probe under way was let through, or null. */
  probeAt: number | null;
}

export type CircuitEvent = { kind: 'success' | 'failure' | 'attempt'; at: number };

export const CIRCUIT = {
  failuresToOpen: 5,
  probesToClose: 2,
  firstOpenMs: 5_000,
  longestOpenMs: 120_000,
  /** A probe that gave no answer for this long is taken as lost, so that the next may pass. */
  probeTimeoutMs: 15_000,
} as const;

export const CLOSED_CIRCUIT: CircuitState = {
  phase: 'closed',
  count: 0,
  openUntil: 0,
  openForMs: CIRCUIT.firstOpenMs,
  probeAt: null,
};

/** The state after an event. `attempt` is a call that `circuitAllows` let through. */
export function circuitStep(state: CircuitState, event: CircuitEvent): CircuitState {
  if (event.kind === 'attempt') return circuitAllows(state, event.at) ? afterAttempt(state, event.at) : state;
  return event.kind === 'success' ? afterSuccess(state) : afterFailure(state, event.at);
}

/** Whether a call may be made now. Emergency work asks nobody and calls anyway. */
export function circuitAllows(state: CircuitState, now: number): boolean {
  if (state.phase === 'closed') return true;
  if (state.phase === 'open') return now >= state.openUntil;
  return state.probeAt === null || now - state.probeAt >= CIRCUIT.probeTimeoutMs;
}

function afterAttempt(state: CircuitState, at: number): CircuitState {
  if (state.phase === 'closed') return state;
  return { ...state, phase: 'half-open', probeAt: at };
}

function afterSuccess(state: CircuitState): CircuitState {
  if (state.phase === 'closed') return state.count === 0 ? state : { ...state, count: 0 };
  // An answer that was under way when the circuit opened is good news, but not a probe.
  if (state.phase === 'open') return state;
  const probes = state.count + 1;
  return probes >= CIRCUIT.probesToClose ? CLOSED_CIRCUIT : { ...state, count: probes, probeAt: null };
}

function afterFailure(state: CircuitState, at: number): CircuitState {
  if (state.phase === 'open') return state;
  const failures = state.count + 1;
  if (state.phase === 'closed' && failures < CIRCUIT.failuresToOpen) return { ...state, count: failures };
  return {
    phase: 'open',
    count: 0,
    openUntil: at + state.openForMs,
    openForMs: Math.min(state.openForMs * 2, CIRCUIT.longestOpenMs),
    probeAt: null,
  };
}
