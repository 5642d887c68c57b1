import type { Connection } from '@temporalio/client';

/** Longer than the client repeats a call to a server that is away (nine pauses of up to 5 s, a fifth more by chance), ms. */
const LAST_REPETITION_MS = 25_000;

/**
 * Closes a client's connection once nothing is repeated on it any more, or with the process: Temporal's client repeats a
 * failed call by a timer, which throws where the connection was closed meanwhile, and nobody can catch it.
 */
export function closeLater(connection: Pick<Connection, 'close'>): void {
  setTimeout(() => void connection.close(), LAST_REPETITION_MS).unref();
}
