/** How far the exchange's real-time clock is ahead of ours, kept fresh. */
export interface ClockReading {
  serverTime: number;
  /** Exchange minus ours, ms. */
  offset: number;
  roundTrip: number;
}

export interface ExchangeClock {
  /** Measured within the last two minutes, or now. */
  read(): Promise<ClockReading>;
  /** The offset as last known, 0 before the first measurement. */
  offset(): number;
  known(): number | null;
  /** Distrust what is known (-1021, a jump of our own clock): the next read measures again. */
  invalidate(): void;
}

interface Sample {
  offset: number;
  roundTrip: number;
  at: number; // monotonic, ms
}

const FRESH_MS = 30_000;
/** Older than fresh is still answered with while a new measurement runs; older than this is not. */
const USABLE_MS = 120_000;
const KEPT_MS = 300_000;
const FIRST_SAMPLES = 3;
/** Our wall clock was set when it moves against the monotonic one by more than this. */
const JUMP_MS = 200;

/**
 * Of the samples of the last minutes the one with the shortest round trip counts: its error is at most half of that.
 * @param askServerTime one request for GET /api/v3/time
 */
export function createExchangeClock(
  askServerTime: () => Promise<number>,
  time: { wall(): number; monotonic(): number } = { wall: Date.now, monotonic: () => performance.now() },
): ExchangeClock {
  let samples: Sample[] = [];
  let running: Promise<void> | null = null;
  let anchor = time.wall() - time.monotonic();

  function forgetAfterJump(): void {
    const drift = time.wall() - time.monotonic() - anchor;
    if (Math.abs(drift) <= JUMP_MS) return;
    anchor += drift;
    samples = [];
  }

  const age = (): number => time.monotonic() - (samples.at(-1)?.at ?? Number.NEGATIVE_INFINITY);

  const best = (): Sample | undefined =>
    samples.reduce<Sample | undefined>((a, b) => (a && a.roundTrip <= b.roundTrip ? a : b), undefined);

  async function sample(): Promise<void> {
    const wall = time.wall();
    const start = time.monotonic();
    const serverTime = await askServerTime();
    const at = time.monotonic();
    const roundTrip = at - start;
    samples = samples.filter((entry) => at - entry.at < KEPT_MS);
    samples.push({ offset: serverTime - (wall + roundTrip / 2), roundTrip, at });
  }

  async function measure(): Promise<void> {
    const wanted = samples.length === 0 ? FIRST_SAMPLES : 1;
    for (let i = 0; i < wanted; i++) await sample();
  }

  return {
    async read() {
      forgetAfterJump();
      if (age() > FRESH_MS) {
        running ??= measure().finally(() => {
          running = null;
        });
        if (age() > USABLE_MS) await running;
        else running.catch(() => undefined); // the next read tries again
      }
      const sample = best();
      if (!sample) return this.read(); // invalidated while it was measured
      return { serverTime: time.wall() + sample.offset, offset: sample.offset, roundTrip: sample.roundTrip };
    },
    offset() {
      forgetAfterJump();
      return best()?.offset ?? 0;
    },
    known() {
      forgetAfterJump();
      return best()?.offset ?? null;
    },
    invalidate() {
      samples = [];
    },
  };
}
