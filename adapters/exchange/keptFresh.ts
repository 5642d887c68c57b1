/** Something that is read seldom and needed always: what is known is given at once, and read anew beside that. */

export interface Keeping {
  /** What is younger is given as it is, ms. */
  freshMs: number;
  /** After a reading that failed, the next is no sooner than this while an older answer is there, ms. */
  againMs: number;
  /** Real time, ms. */
  now?: () => number;
}

/**
 * @returns asks for it: nobody waits for a reading once there has been an answer. Without any answer yet, all who ask wait
 *   for one reading and are thrown why it failed, and the next who asks begins another.
 */
export function keptFresh<T>(read: () => Promise<T>, keeping: Keeping): () => Promise<T> {
  const { freshMs, againMs, now = Date.now } = keeping;
  let known: { value: T } | null = null;
  let reading: Promise<T> | null = null;
  let dueAt = 0;

  function readAnew(): Promise<T> {
    if (reading) return reading;
    const begun = read().then(
      (value) => {
        known = { value };
        dueAt = now() + freshMs;
        return value;
      },
      (error: unknown) => {
        dueAt = now() + againMs;
        throw error;
      },
    );
    reading = begun.finally(() => (reading = null));
    reading.catch(() => undefined);
    return reading;
  }

  return async () => {
    if (!known) return readAnew();
    if (now() >= dueAt) void readAnew();
    return known.value;
  };
}
