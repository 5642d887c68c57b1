import { ApiError } from './client.js';

const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;

/** How long to wait before asking again, ms. @param failures in a row before the last one */
export const waitAfter = (failures: number): number => Math.min(LONGEST_MS, FIRST_MS * 2 ** failures);

/** Whether the same question may be answered later: the server can't be reached, is overloaded, or waits for others. */
export const isPassing = (error: unknown): boolean =>
  !(error instanceof ApiError) || error.status === 0 || error.status === 429 || error.status >= 500;
