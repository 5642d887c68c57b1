/** Progress on stderr, so that stdout stays the report. One line each, at most one a second for steps. */
export function createProgress() {
  const started = performance.now();
  const seconds = () => Math.round((performance.now() - started) / 100) / 10;
  let last = -1000;
  const say = (text: string) => process.stderr.write(`[${seconds().toFixed(1)} s] ${text}\n`);
  return {
    seconds,
    say,
    step(text: string, done: number, of: number) {
      if (performance.now() - last < 1000 && done < of) return;
      last = performance.now();
      say(`${text}: ${Math.round((100 * done) / of)} %`);
    },
  };
}
