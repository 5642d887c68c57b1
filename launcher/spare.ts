/** A second process of a child, ready but for its work and waiting to be told to begin, for the moment when the first one dies. */
export interface Spare<Process> {
  /** Starts one after a while, unless one waits already. */
  prepare(): void;
  /** The one that waits, which is then the caller's; null where none does. */
  take(): Process | null;
  /** The same, and no other is started any more. */
  close(): Process | null;
}

/** One that ended by itself (the database was away, say) is replaced no sooner than this, ms. */
const AFTER_FAILURE = 30_000;

/**
 * @param start starts a process that waits
 * @param after how long after `prepare`, ms: what has just started still has the processor
 */
export function keepSpare<Process extends { exited: Promise<unknown> }>(
  start: () => Process,
  after: number,
): Spare<Process> {
  let waiting: Process | null = null;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  function take(): Process | null {
    clearTimeout(timer);
    timer = undefined;
    const taken = waiting;
    waiting = null;
    return taken;
  }

  function prepare(pause = after): void {
    if (closed || waiting || timer) return;
    timer = setTimeout(() => {
      timer = undefined;
      const started = start();
      waiting = started;
      void started.exited.then(() => {
        if (waiting !== started) return;
        waiting = null;
        prepare(Math.max(after, AFTER_FAILURE));
      });
    }, pause);
    timer.unref();
  }

  return {
    prepare: () => prepare(),
    take,
    close() {
      closed = true;
      return take();
    },
  };
}
