/** The figures of chaos and soak reports. */

/** Nearest-rank percentile of `values` in any order, `p` in percent; 0 where there are none. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = Math.max(1, Math.ceil((p / 100) * sorted.length));
  return sorted[rank - 1] ?? 0;
}

export interface Summary {
  count: number;
  p50: number;
  p99: number;
  max: number;
}

export const summarize = (values: readonly number[]): Summary => ({
  count: values.length,
  p50: percentile(values, 50),
  p99: percentile(values, 99),
  max: percentile(values, 100),
});

/** Every name `times` times, in an order that `random` (numbers in [0, 1)) decides. */
export function shuffledPlan<Name>(names: readonly Name[], times: number, random: () => number): Name[] {
  const plan = names.flatMap((name) => Array.from({ length: times }, () => name));
  for (let last = plan.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [plan[last], plan[other]] = [plan[other]!, plan[last]!];
  }
  return plan;
}

export interface MemorySample {
  /** Seconds since trading began. */
  second: number;
  /** Resident, kB. */
  kilobytes: number;
}

export interface Growth {
  /** Medians, kB: of the tenth of the time that follows the warm-up, and of the last tenth. */
  afterWarmUp: number;
  atEnd: number;
  /** Percent; above 0 means grown. */
  changePct: number;
}

/** The warm-up: caches fill and compilers compile for this share of the time. */
const WARM_UP = 0.25;

/** Growth between the end of the warm-up and the end; null where a part has no sample. Medians: collectors breathe. */
export function growth(samples: readonly MemorySample[]): Growth | null {
  const end = Math.max(0, ...samples.map(({ second }) => second));
  const part = (from: number, to: number): number[] =>
    samples.filter(({ second }) => second >= from * end && second <= to * end).map(({ kilobytes }) => kilobytes);
  const [early, late] = [part(WARM_UP, WARM_UP + 0.1), part(0.9, 1)];
  if (early.length === 0 || late.length === 0) return null;
  const [afterWarmUp, atEnd] = [percentile(early, 50), percentile(late, 50)];
  return { afterWarmUp, atEnd, changePct: (atEnd / afterWarmUp - 1) * 100 };
}

export interface CycleSeen {
  cycle: number;
  /** Real time, ms; null where there is none. */
  lastCycleAt: number | null;
  nextCycleAt: number | null;
}

export interface CycleStep {
  /** How long after its promised time the cycle began, ms. */
  latenessMs: number;
  /** Times of the grid that passed without a cycle because the one before took too long. */
  skipped: number;
}

/** Two looks at one user: what the cycle between them says; null where there was none, or more than one. */
export function cycleStep(before: CycleSeen, now: CycleSeen, intervalMs: number): CycleStep | null {
  if (now.cycle !== before.cycle + 1) return null;
  if (before.nextCycleAt === null || before.lastCycleAt === null || now.lastCycleAt === null) return null;
  const latenessMs = Math.max(0, now.lastCycleAt - before.nextCycleAt);
  // The next time after the last beginning is due by the grid; `nextCycleAt` is later where the cycle ran over it.
  const skipped = Math.max(0, Math.ceil((before.nextCycleAt - before.lastCycleAt) / intervalMs) - 1);
  return { latenessMs, skipped };
}
