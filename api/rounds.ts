/**
 * Does `work` again and again, never twice at once, until the returned function is called; keeps no process alive.
 * @param options.firstMs before the first round, ms; `nextMs` is asked behind each for the time until the next
 */
export function inRounds(
  work: () => Promise<unknown>,
  options: { firstMs: number; nextMs: () => number; failed: (error: unknown) => void },
): () => void {
  let stopped = false;
  let timer = setTimeout(round, options.firstMs).unref();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };

  function round(): void {
    work()
      .catch(options.failed)
      .finally(() => {
        if (!stopped) timer = setTimeout(round, options.nextMs()).unref();
      });
  }
}
