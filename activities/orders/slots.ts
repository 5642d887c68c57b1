/**
 * How many entries one worker has under way at once. An entry that was sent is bare until its protection rests, and on a
 * machine that is busy with a thousand others that takes seconds: one that waits here has sent nothing yet. What looks
 * after holdings never waits, nor does an entry that an earlier attempt has begun. An account that answers slowly takes no
 * room on the machine: it passes its slot on, so that no number of such accounts keeps others from entering.
 */
import { cpus } from 'node:os';
import { performance } from 'node:perf_hooks';

export interface Slots {
  /**
   * Runs `work` when a slot is free, in the order of asking; without one when `signal` ends the wait, or `patienceMs` is
   * over: it then has to see to that.
   */
  run<T>(work: (hasSlot: boolean) => Promise<T>, signal?: AbortSignal, patienceMs?: number): Promise<T>;
  /** How many run or wait. */
  underWay(): number;
}

/** Whoever takes longer where the machine has room waits for somebody else, ms. An entry takes 0.3 to 1 s. */
const PASSED_ON_AFTER_MS = 4_000;

/** @param count how many there are at this moment; fewer than it ever said where the machine has no room */
export function createSlots(count: () => number, passedOnAfterMs = PASSED_ON_AFTER_MS): Slots {
  let used = 0;
  let most = 0;
  let passedOn = 0;
  const waiting: (() => void)[] = [];

  /** True with a slot, false where the wait was ended. */
  function take(signal?: AbortSignal, patienceMs?: number): Promise<boolean> {
    if (signal?.aborted) return Promise.resolve(false);
    most = Math.max(most, count());
    if (waiting.length === 0 && used < count()) {
      used += 1;
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      const over = (hasSlot: boolean): void => {
        signal?.removeEventListener('abort', ended);
        clearTimeout(timer);
        resolve(hasSlot);
      };
      const given = (): void => over(true);
      const ended = (): void => {
        waiting.splice(waiting.indexOf(given), 1);
        over(false);
      };
      const timer = patienceMs === undefined ? undefined : setTimeout(ended, patienceMs);
      signal?.addEventListener('abort', ended, { once: true });
      waiting.push(given);
    });
  }

  function giveBack(): void {
    used -= 1;
    // Where there are fewer now, whoever ends next gives theirs; one at least is always given on.
    for (let next; used < Math.max(1, count()) && (next = waiting.shift()); ) {
      used += 1;
      next();
    }
  }

  return {
    async run(work, signal, patienceMs) {
      if (!(await take(signal, patienceMs))) return work(false);
      let held = true;
      const passOn = setInterval(() => {
        // Not without end: where the exchange is slow for everybody, they would take all of a worker's steps.
        if (count() < most || passedOn >= 2 * most) return;
        clearInterval(passOn);
        held = false;
        passedOn += 1;
        giveBack();
      }, passedOnAfterMs).unref();
      try {
        return await work(true);
      } finally {
        clearInterval(passOn);
        if (held) giveBack();
        else passedOn -= 1;
      }
    },
    underWay: () => used + waiting.length,
  };
}

/** A step that was decided begins within this, or some other worker has it. */
const PROMISED_MS = 3_000;

/** Who may go for a slot: decided before a step is begun for it, for steps that wait here keep others from being begun. */
export interface Places {
  /** Holds a place for `key` until its `run`; false where as many have one as are soon served. */
  promise(key: string): boolean;
  run<T>(key: string, work: (hasSlot: boolean) => Promise<T>, signal?: AbortSignal, patienceMs?: number): Promise<T>;
}

/** @param count of slots at this moment; as many again may wait for one */
export function createPlaces(count: () => number, now: () => number = () => performance.now()): Places {
  const slots = createSlots(count);
  const promised = new Map<string, number>();

  return {
    promise(key) {
      for (const [other, until] of promised) if (until < now()) promised.delete(other);
      if (!promised.has(key) && promised.size + slots.underWay() >= 2 * count()) return false;
      promised.set(key, now() + PROMISED_MS);
      return true;
    },
    run(key, work, signal, patienceMs) {
      promised.delete(key);
      return slots.run(work, signal, patienceMs);
    },
  };
}

const LOOK_EVERY_MS = 1_000;
/** Shares of the time: beyond this there is less room with every second, below that more. */
const FULL = 0.8;
const ROOMY = 0.65;

/**
 * How many slots there are: as many as leave the machine some room, so that what is begun makes nobody else late. They
 * grow by one and shrink by a quarter a second.
 * @param load share of the last second or so in which there was no room, 0 to 1
 */
export function createRoom(
  { most, least }: { most: number; least: number },
  load: () => number = createLoadLook(),
  now: () => number = () => performance.now(),
): () => number {
  let count = most;
  let lookedAt = now();
  return () => {
    const passed = now() - lookedAt;
    if (passed < LOOK_EVERY_MS) return count;
    lookedAt = now();
    const share = load();
    if (share > FULL) count = Math.max(least, Math.floor(count * 0.75));
    else if (share < ROOMY) count = Math.min(most, count + Math.floor(passed / LOOK_EVERY_MS));
    return count;
  };
}

/** Of the time since the last look: this thread's that was busy, or that of all processors, whichever is more. */
function createLoadLook(): () => number {
  let thread = performance.eventLoopUtilization();
  let machine = processorTimes();
  return () => {
    const [threadWas, machineWas] = [thread, machine];
    [thread, machine] = [performance.eventLoopUtilization(), processorTimes()];
    const total = machine.total - machineWas.total;
    // Where the machine does not tell, the thread's own share counts.
    const idle = total > 0 ? (machine.idle - machineWas.idle) / total : 1;
    return Math.max(performance.eventLoopUtilization(thread, threadWas).utilization, 1 - idle);
  };
}

/** Of all processors since the machine began, ms. */
function processorTimes(): { idle: number; total: number } {
  const times = cpus().map((cpu) => cpu.times);
  return {
    idle: times.reduce((sum, { idle }) => sum + idle, 0),
    total: times.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0),
  };
}
