import { CLOSED_CIRCUIT, type CircuitState, circuitStep } from '../../trading/risk/circuit.js';

/** How well an address answered over the last minutes. */
export interface HealthWindow {
  /** @param ok an answer came that the exchange meant, rejections included; false: the connection or the server failed */
  record(at: number, ok: boolean, milliseconds: number): void;
  read(now: number): {
    lastSuccessAt: number | null;
    errorRatePct: number;
    latencyMs: number;
    calls: number;
    /** While it isn't closed, entries are refused; what looks after holdings goes on and is the probe. */
    circuit: CircuitState;
  };
}

/** How long the figures of a busy window serve, ms. */
const FIGURES_MS = 200;
const FEW = 200;

/** @param windowMs how far back the figures look; at most `capacity` calls are kept */
export function createHealthWindow(windowMs = 300_000, capacity = 2_000): HealthWindow {
  let calls: { at: number; ok: boolean; milliseconds: number }[] = [];
  let lastSuccessAt: number | null = null;
  let circuit = CLOSED_CIRCUIT;
  let figures: { at: number; errorRatePct: number; latencyMs: number; calls: number } | null = null;

  function figuresOf(now: number): NonNullable<typeof figures> {
    const recent = calls.filter((call) => now - call.at <= windowMs).slice(-capacity);
    const failed = recent.filter((call) => !call.ok).length;
    return {
      at: now,
      errorRatePct: recent.length === 0 ? 0 : (100 * failed) / recent.length,
      latencyMs: percentile95(recent.filter((call) => call.ok).map((call) => call.milliseconds)),
      calls: recent.length,
    };
  }

  return {
    record(at, ok, milliseconds) {
      circuit = circuitStep(circuitStep(circuit, { kind: 'attempt', at }), { kind: ok ? 'success' : 'failure', at });
      if (ok) lastSuccessAt = at;
      calls.push({ at, ok, milliseconds });
      // Cut in large steps, so that a busy worker does not copy the window on every call.
      if (calls.length > capacity * 1.5) calls = calls.slice(-capacity);
    },
    read(now) {
      // Every user's checks ask, and a full window takes half a millisecond to sort: a few times a second are enough.
      const isCurrent = figures && calls.length > FEW && now >= figures.at && now - figures.at < FIGURES_MS;
      if (!figures || !isCurrent) figures = figuresOf(now);
      const { errorRatePct, latencyMs, calls: counted } = figures;
      return { lastSuccessAt, errorRatePct, latencyMs, calls: counted, circuit };
    },
  };
}

/** Nearest-rank percentile; 0 for nothing. */
function percentile95(values: number[]): number {
  if (values.length === 0) return 0;
  const sorted = values.sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1]!;
}
