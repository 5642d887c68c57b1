import { isCancellation } from '@temporalio/workflow';
import { has } from './patches.js';
import type { Session } from './session.js';

/**
 * Most steps find nothing to do but to look, or to write: that is done inside the workflow task, at a fifth of the cost
 * of a step of its own. Where it fails or finds more (null), the step of its own follows.
 */
export async function lookFirst<T>(
  session: Session,
  look: () => Promise<T | null>,
  step: () => Promise<T>,
): Promise<T> {
  if (has(session, 'look-first')) {
    try {
      const seen = await look();
      if (seen !== null) return seen;
    } catch (error) {
      if (isCancellation(error)) throw error;
    }
  }
  return step();
}
