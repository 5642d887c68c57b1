import fc from 'fast-check';
import { inLots } from '../../adapters/lots.js';

const turn = (): Promise<void> => new Promise((next) => setImmediate(next));

/** Answers when told to; keeps what it was asked for. */
function held() {
  const lots: string[][] = [];
  const answers: Array<(error?: Error) => void> = [];
  const send = (items: readonly string[]): Promise<string[]> => {
    lots.push([...items]);
    return new Promise((resolve, reject) =>
      answers.push((error) => (error ? reject(error) : resolve(items.map((item) => item.toUpperCase())))),
    );
  };
  return { lots, answers, send };
}

describe('work in lots', () => {
  test('goes together where it is asked for in one turn, and with the next lot where one is under way', async () => {
    const { lots, answers, send } = held();
    const ask = inLots(send, { most: 10, patienceMs: 10_000 });
    const first = [ask('a'), ask('b')];
    expect(lots).toEqual([]);
    await turn();
    const next = [ask('c'), ask('d')];
    await turn();
    expect(lots).toEqual([['a', 'b']]);
    answers[0]!();
    expect(await Promise.all(first)).toEqual(['A', 'B']);
    await turn();
    expect(lots).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    answers[1]!();
    expect(await Promise.all(next)).toEqual(['C', 'D']);
  });

  test('goes beside a lot that takes longer than anybody has patience for', async () => {
    const { lots, answers, send } = held();
    const ask = inLots(send, { most: 10, patienceMs: 1 });
    const slow = ask('slow');
    await turn();
    const quick = ask('quick');
    while (lots.length < 2) await turn();
    answers[1]!();
    expect(await quick).toBe('QUICK');
    answers[0]!();
    expect(await slow).toBe('SLOW');
  });

  test('fails only for what is wrong', async () => {
    const sent: string[][] = [];
    const ask = inLots(
      async (items: readonly string[]) => {
        sent.push([...items]);
        if (items.includes('wrong')) throw new Error('no such thing');
        return items;
      },
      { most: 10, patienceMs: 10_000 },
    );
    const answers = await Promise.allSettled([ask('one'), ask('wrong'), ask('two')]);
    expect(answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : String(answer.reason)))).toEqual([
      'one',
      'Error: no such thing',
      'two',
    ]);
    expect(sent).toEqual([['one', 'wrong', 'two'], ['one'], ['wrong'], ['two']]);
    expect(await ask('three')).toBe('three');
  });

  test('answers everybody with what belongs to them, in lots of no more than allowed, however it is asked', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(50), fc.boolean()), { maxLength: 40 }),
        fc.integer({ min: 1, max: 7 }),
        async (asked, most) => {
          const sizes: number[] = [];
          const ask = inLots(
            async (items: readonly number[]) => {
              sizes.push(items.length);
              await turn();
              return items.map((item) => item * 2);
            },
            { most, patienceMs: 10_000 },
          );
          const answers: Promise<number>[] = [];
          for (const [item, pause] of asked) {
            answers.push(ask(item));
            if (pause) await turn();
          }
          expect(await Promise.all(answers)).toEqual(asked.map(([item]) => item * 2));
          expect(sizes.every((size) => size <= most)).toBe(true);
          expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(asked.length);
        },
      ),
    );
  });
});
