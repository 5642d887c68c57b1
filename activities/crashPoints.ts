/**
 * Named places at which the fault campaigns kill the worker with SIGKILL, to see what is found afterwards. Without the
 * setting CRASH_POINTS (`name=probability,…`, or `*=probability`) they do nothing. CRASH_SEED makes the draws repeatable.
 */
import { writeSync } from 'node:fs';
import { createRandom } from '../trading/learning/random.js';

export const CRASH_POINTS = [
  'before-intent',
  'after-intent',
  'in-flight',
  'after-send',
  'after-answer-noted',
  'between-fill-and-protection',
  'after-protection-sent',
  'between-cancel-and-replace',
  'before-books-close',
  'cycle-recorded',
  'emergency-before-halt',
  'emergency-halted',
  'emergency-before-cancels',
  'emergency-cancelled',
  'emergency-before-sales',
  'emergency-sold',
  'emergency-before-verifying',
  'emergency-verified',
  'emergency-before-notifying',
  'emergency-notified',
  'emergency-before-record',
  'emergency-recorded',
] as const;
export type CrashPoint = (typeof CRASH_POINTS)[number];

const wanted = parse(process.env['CRASH_POINTS'] ?? '');
const random = process.env['CRASH_SEED'] ? createRandom(Number(process.env['CRASH_SEED'])) : Math.random;

export function crashPoint(name: CrashPoint): void {
  if (drawn(name)) die(name);
}

/** Dies at some moment of the next `withinMs`: before the exchange has the request, while it executes it, or after. */
export function crashSoon(name: CrashPoint, withinMs: number): void {
  if (drawn(name)) setTimeout(() => die(name), random() * withinMs);
}

function drawn(name: CrashPoint): boolean {
  const probability = wanted.get(name) ?? wanted.get('*') ?? 0;
  return probability > 0 && random() < probability;
}

/** What it says last is how a campaign knows where it died. */
function die(name: CrashPoint): void {
  writeSync(2, `crash point ${name}\n`);
  process.kill(process.pid, 'SIGKILL');
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
