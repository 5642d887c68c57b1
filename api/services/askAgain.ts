import { ASK_AGAIN } from '../../workflows/messages.js';

/** Two refusals in a row need two task boundaries; three are not worth waiting for. */
const TRIES = 3;

/** Asks a workflow; a question that reached its worker between two workflow tasks is refused and asked again at once. */
export async function askAgain<T>(ask: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      const refused = error instanceof Error && error.message.includes(ASK_AGAIN);
      if (!refused || attempt === TRIES) throw error;
    }
  }
}
