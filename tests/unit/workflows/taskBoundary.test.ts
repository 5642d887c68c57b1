import { wholeTasks } from '../../../workflows/taskBoundary.js';

type Internals = NonNullable<ReturnType<typeof wholeTasks>['internals']>[number];
type Activate = NonNullable<Internals['activate']>;
type Conclude = NonNullable<Internals['concludeActivation']>;

describe('events reach a workflow as whole tasks only', () => {
  /** Tells for each activation whether it went through. */
  const through = (
    ...activations: [length: number, bytes: number, second: number, job?: object, isReplaying?: boolean][]
  ): boolean[] => {
    const internals = wholeTasks(() => 5_000).internals![0]!;
    const activate = internals.activate as Activate;
    const conclude = internals.concludeActivation as Conclude;
    return activations.map(
      ([historyLength, historySizeBytes, second, job = { fireTimer: {} }, isReplaying = false]) => {
        let seen = false;
        // What it brings is followed by a local activity, as in a cycle.
        const commands = [{ scheduleLocalActivity: {} }] as never;
        const timestamp = { seconds: second, nanos: 5 };
        const activation = { jobs: [job], historyLength, historySizeBytes, timestamp, isReplaying };
        try {
          activate({ activation: activation as never, batchIndex: 0 }, () => void (seen = true));
          if (job === cycle || job === result) conclude({ commands }, (input) => input as never);
        } catch (error) {
          expect(String(error)).toContain('please ask again');
        }
        return seen;
      },
    );
  };

  test('a new task brings a longer and larger history and a later time', () => {
    expect(through([3, 500, 1], [9, 900, 2], [14, 1300, 3])).toEqual([true, true, true]);
  });

  test('a local activity ends within its task', () => {
    expect(through([3, 500, 1], [3, 500, 1], [3, 500, 4], [9, 900, 5])).toEqual([true, true, true, true]);
  });

  const cycle = { signalWorkflow: {} };
  const result = { resolveActivity: { isLocal: true } };

  test('a task that follows one which ran out of its time with local activities under way is refused', () => {
    expect(through([22, 900, 1, cycle], [22, 900, 2, result], [25, 950, 6, result])).toEqual([true, true, false]);
    expect(through([22, 900, 1, cycle], [22, 900, 2, result], [22, 900, 3, result], [26, 950, 6, cycle])).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(through([22, 900, 1, cycle], [25, 950, 6.1, result])).toEqual([true, false]);
  });

  test('one that follows a task which was completed with local activities under way is not', () => {
    expect(through([22, 900, 1, cycle], [22, 900, 2, result], [26, 950, 5, result])).toEqual([true, true, true]);
    expect(through([22, 900, 1, cycle], [31, 950, 13, result])).toEqual([true, true]);
    expect(through([22, 900, 1, cycle, true], [25, 950, 6, result, true])).toEqual([true, true]);
  });

  test('events that no task has started for are refused', () => {
    expect(through([9, 900, 2], [11, 900, 2])).toEqual([true, false]);
  });

  test('a question alone is always answered, and says nothing of where tasks end', () => {
    expect(through([9, 900, 2], [11, 900, 2, question], [12, 900, 2, question], [10, 900, 2])).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  const happened = { fireTimer: {} };
  const question = { queryWorkflow: { queryId: 'legacy_query' } };
  const withTask = { queryWorkflow: { queryId: '8ed31f6f-6729-4d75-8757-d1d8606bcae0' } };

  test('a question without a task, right after a replay and one task that nothing proves ours, is refused', () => {
    expect(
      through([7, 700, 1, happened, true], [12, 900, 2, happened, true], [16, 1300, 3], [16, 1300, 3, question, true]),
    ).toEqual([true, true, true, false]);
    expect(through([7, 700, 1, happened, true], [12, 900, 2], [12, 900, 3], [12, 900, 3, question, true])).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  test('a question that comes with a task is answered there, and so is one after a second task', () => {
    expect(
      through(
        [7, 700, 1, happened, true],
        [12, 900, 2],
        [12, 900, 2, withTask, true],
        [16, 1300, 3],
        [16, 1300, 3, question, true],
      ),
    ).toEqual(Array(5).fill(true));
  });

  test('a question answered right after a replay proves the next task ours: one that comes after that is answered, too', () => {
    const tasks: Parameters<typeof through> = [
      [7, 700, 1, happened, true],
      [9, 700, 1, question, true],
      [16, 1300, 3],
      [16, 1300, 3, question, true],
    ];
    expect(through(...tasks)).toEqual([true, true, true, true]);
    expect(through(tasks[0]!, tasks[2]!, tasks[3]!)).toEqual([true, true, false]);
  });

  test('a question to a workflow at rest is answered after a replay, and to one that was never replayed', () => {
    expect(through([7, 700, 1, happened, true], [9, 700, 1, question, true])).toEqual([true, true]);
    expect(through([3, 500, 1], [7, 700, 2], [7, 700, 2, question, true])).toEqual([true, true, true]);
  });

  test('a task whose server set its clock back goes through, and so does one of a server that tells no size', () => {
    expect(through([9, 900, 2], [14, 1300, 2], [19, 1300, 3], [25, 0, 4], [31, 0, 5])).toEqual(Array(5).fill(true));
  });
});
