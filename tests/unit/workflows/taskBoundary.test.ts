import { interceptors } from '../../../workflows/taskBoundary.js';

type Activate = NonNullable<NonNullable<ReturnType<typeof interceptors>['internals']>[number]['activate']>;

describe('events reach a workflow as whole tasks only', () => {
  /** Tells for each activation whether it went through. */
  const through = (...activations: [length: number, bytes: number, second: number, job?: object][]): boolean[] => {
    const activate = interceptors().internals![0]!.activate as Activate;
    return activations.map(([historyLength, historySizeBytes, second, job = { fireTimer: {} }]) => {
      let seen = false;
      const activation = { jobs: [job], historyLength, historySizeBytes, timestamp: { seconds: second, nanos: 5 } };
      try {
        activate({ activation: activation as never, batchIndex: 0 }, () => void (seen = true));
      } catch (error) {
        expect(String(error)).toContain('please ask again');
      }
      return seen;
    });
  };

  test('a new task brings a longer and larger history and a later time', () => {
    expect(through([3, 500, 1], [9, 900, 2], [14, 1300, 3])).toEqual([true, true, true]);
  });

  test('a local activity ends within its task', () => {
    expect(through([3, 500, 1], [3, 500, 1], [3, 500, 4], [9, 900, 5])).toEqual([true, true, true, true]);
  });

  test('events that no task has started for are refused', () => {
    expect(through([9, 900, 2], [11, 900, 2])).toEqual([true, false]);
  });

  test('a question alone is always answered, and says nothing of where tasks end', () => {
    const question = { queryWorkflow: {} };
    expect(through([9, 900, 2], [11, 900, 2, question], [12, 900, 2, question], [10, 900, 2])).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  test('a task whose server set its clock back goes through, and so does one of a server that tells no size', () => {
    expect(through([9, 900, 2], [14, 1300, 2], [19, 1300, 3], [25, 0, 4], [31, 0, 5])).toEqual(Array(5).fill(true));
  });
});
