import { askAgain, createQuestions } from '../../../api/services/questions.js';
import { ASK_AGAIN } from '../../../workflows/messages.js';

describe('a question to a workflow', () => {
  const between = new Error(`QueryNotRegisteredError: ${ASK_AGAIN}`);
  const silent = new Error('no worker');

  function asking(answers: (string | Error)[]) {
    const clock = { now: 1_000, asked: 0 };
    const query = async (): Promise<string> => {
      const next = answers[clock.asked++] ?? 'asked too often';
      if (next instanceof Error) throw next;
      return next;
    };
    const questions = createQuestions(
      () => askAgain(query),
      () => clock.now,
    );
    return { clock, questions };
  }

  test('is asked once more where it came between two workflow tasks', async () => {
    const { questions, clock } = asking([between, 'RUNNING']);
    expect(await questions.ask('ann')).toBe('RUNNING');
    expect(clock.asked).toBe(2);
  });

  test('is answered by nobody after a second refusal, and after any other failure', async () => {
    const refused = asking([between, between]);
    expect(await refused.questions.ask('ann')).toBeNull();
    expect(refused.clock.asked).toBe(2);
    const unheard = asking([silent]);
    expect(await unheard.questions.ask('ann')).toBeNull();
    expect(unheard.clock.asked).toBe(1);
  });

  test('is not asked for two seconds after one without an answer, of that user only', async () => {
    const { questions, clock } = asking([silent, 'of bob', 'of ann']);
    await questions.ask('ann');
    clock.now += 1_999;
    expect(await questions.ask('ann')).toBeNull();
    expect(await questions.ask('bob')).toBe('of bob');
    clock.now += 1;
    expect(await questions.ask('ann')).toBe('of ann');
  });

  test('is asked at once where the workflow has answered something else meanwhile', async () => {
    const { questions } = asking([silent, 'RUNNING']);
    await questions.ask('ann');
    questions.answers('ann');
    expect(await questions.ask('ann')).toBe('RUNNING');
  });

  test('is asked once for all who want to know at the same time', async () => {
    const { questions, clock } = asking(['RUNNING', 'STOPPED']);
    expect(await Promise.all([questions.ask('ann'), questions.ask('ann')])).toEqual(['RUNNING', 'RUNNING']);
    expect(clock.asked).toBe(1);
    expect(await questions.ask('ann')).toBe('STOPPED');
  });
});
