import { askAgain } from '../../../api/services/askAgain.js';
import { ASK_AGAIN } from '../../../workflows/messages.js';

describe('a question to a workflow', () => {
  const asked = async (answers: (string | Error)[]): Promise<[string, number]> => {
    let count = 0;
    const answer = await askAgain(async () => {
      const next = answers[count++]!;
      if (next instanceof Error) throw next;
      return next;
    }).catch((error: Error) => error.message);
    return [answer, count];
  };
  const between = new Error(`QueryNotRegisteredError: ${ASK_AGAIN}`);

  test('is asked again where it came between two tasks, three times at most', async () => {
    expect(await asked(['RUNNING'])).toEqual(['RUNNING', 1]);
    expect(await asked([between, 'RUNNING'])).toEqual(['RUNNING', 2]);
    expect(await asked([between, between, 'RUNNING'])).toEqual(['RUNNING', 3]);
    expect(await asked([between, between, between, 'RUNNING'])).toEqual([between.message, 3]);
  });

  test('is not asked again where it failed for another reason', async () => {
    expect(await asked([new Error('no worker'), 'RUNNING'])).toEqual(['no worker', 1]);
  });
});
