import { setTimeout as pause } from 'node:timers/promises';
import { ASK_AGAIN } from '../../workflows/messages.js';

/** Nobody's workflow is asked for so long after it did not answer, ms. */
const REST_MS = 2_000;
/** A question that came between two workflow tasks is asked again after so long, ms: the task is over then. */
const PAUSE_MS = 300;

/** Asks a workflow; a question that was refused as one between two workflow tasks is asked again, `tries` times in all. */
export async function askAgain<T>(ask: () => Promise<T>, tries = 2): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const isRefused = error instanceof Error && error.message.includes(ASK_AGAIN);
    if (!isRefused || tries === 1) throw error;
    await pause(PAUSE_MS);
    return askAgain(ask, tries - 1);
  }
}

export interface Questions<T> {
  /** Null where the workflow did not answer, or has not lately. */
  ask(userId: string): Promise<T | null>;
  /** It has just answered something else: it may be asked at once. */
  answers(userId: string): void;
}

/**
 * Asks workflows, each by one question at a time. A question that no worker answers waits for the next one, which has to
 * read the whole history to refuse it, and once more to go on (workflows/taskBoundary.ts): asked several times a second,
 * a worker that takes over does nothing else. So whoever did not answer is left alone for a while.
 */
export function createQuestions<T>(query: (userId: string) => Promise<T>, now = Date.now): Questions<T> {
  const open = new Map<string, Promise<T | null>>();
  const restsUntil = new Map<string, number>();

  async function once(userId: string): Promise<T | null> {
    try {
      return await query(userId);
    } catch {
      restsUntil.set(userId, now() + REST_MS);
      return null;
    } finally {
      open.delete(userId);
    }
  }

  return {
    ask(userId) {
      const asked = open.get(userId);
      if (asked) return asked;
      const until = restsUntil.get(userId);
      if (until !== undefined && now() < until) return Promise.resolve(null);
      restsUntil.delete(userId);
      const answer = once(userId);
      open.set(userId, answer);
      return answer;
    },
    answers: (userId) => void restsUntil.delete(userId),
  };
}
