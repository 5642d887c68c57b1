/** The one place where errors become Temporal's: their type says how the workflow and the retry policy take them. */
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { ExchangeError } from '../adapters/exchange/errors.js';

/** A broken invariant: retrying cannot mend it. */
export class InvariantBroken extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InvariantBroken';
  }
}

export class NotFound extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NotFound';
  }
}

const FINAL = new Set(['InvariantBroken', 'NotFound']);

export function toFailure(error: unknown): Error {
  if (error instanceof CancelledFailure || error instanceof ApplicationFailure) return error;
  if (error instanceof ExchangeError)
    return ApplicationFailure.create({
      message: error.message,
      type: error.kind,
      nextRetryDelay: error.retryAfterMs && error.retryAfterMs > 500 ? error.retryAfterMs : undefined,
    });
  if (error instanceof Error)
    return ApplicationFailure.create({
      message: shorten(error.message),
      type: error.name,
      nonRetryable: FINAL.has(error.name),
    });
  return ApplicationFailure.create({ message: shorten(String(error)), type: 'Error' });
}

/** Driver messages can be long and hold addresses; a history keeps the gist. */
const shorten = (text: string): string => text.replace(/mongodb(\+srv)?:\/\/\S+/g, 'mongodb://…').slice(0, 400);

type Step = (...input: never[]) => Promise<unknown>;

/** Every activity of the record with its errors turned. */
export function withFailures<T extends Record<string, Step>>(activities: T): T {
  const turned = Object.entries(activities).map(([name, activity]) => [
    name,
    async (...input: never[]) => {
      try {
        return await activity(...input);
      } catch (error) {
        throw toFailure(error);
      }
    },
  ]);
  return Object.fromEntries(turned) as T;
}
