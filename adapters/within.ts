/** Work that is waited for only so long; it goes on all the same, and what becomes of it then is nobody's. */

/**
 * @param late made where `work` has not ended within `ms`
 * @throws what `work` throws, or `late`'s error
 */
export async function within<T>(work: Promise<T>, ms: number, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), ms);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** What `work` brings within `ms`; otherwise, or where it fails, `instead`. */
export const soonOr = <T, Other>(work: Promise<T>, ms: number, instead: Other): Promise<T | Other> =>
  within(work, ms, () => new Error(`not done within ${ms} ms`)).catch(() => instead);
