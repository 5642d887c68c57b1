/**
 * Named places at which the fault campaigns kill the worker with SIGKILL, to see what is found afterwards. Without the
 * setting CRASH_POINTS (`name=probability,…`, or `*=probability`) they do nothing.
 */
export const CRASH_POINTS = [
  'before-intent',
  'after-intent',
  'after-send',
  'after-answer-noted',
  'between-fill-and-protection',
  'after-protection-sent',
  'between-cancel-and-replace',
  'before-books-close',
] as const;
export type CrashPoint = (typeof CRASH_POINTS)[number];

const wanted = parse(process.env['CRASH_POINTS'] ?? '');

export function crashPoint(name: CrashPoint): void {
  const probability = wanted.get(name) ?? wanted.get('*') ?? 0;
  if (probability > 0 && Math.random() < probability) process.kill(process.pid, 'SIGKILL');
}

/** @throws Error naming a point that does not exist or a probability that is none */
function parse(text: string): Map<string, number> {
  const pairs = text.split(',').filter((pair) => pair !== '');
  return new Map(
    pairs.map((pair) => {
      const [name, value] = pair.split('=');
      const probability = Number(value);
      if (
        !name ||
        (name !== '*' && !(CRASH_POINTS as readonly string[]).includes(name)) ||
        !(probability >= 0 && probability <= 1)
      )
        throw new Error(
          `CRASH_POINTS: "${pair}" is not right; give <${CRASH_POINTS.join(' | ')} | *>=<probability 0 to 1>`,
        );
      return [name, probability];
    }),
  );
}
