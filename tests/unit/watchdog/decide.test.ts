import fc from 'fast-check';
import {
  type ConditionKey,
  decide,
  type Decision,
  isNearlyFull,
  isOverdue,
  type Look,
  notificationId,
  type Outages,
  partOf,
} from '../../../api/watchdog/decide.js';

const look = (at: number, bad: ConditionKey[], unknown: Look['unknown'] = []): Look => ({
  at,
  bad: bad.map((key) => ({ key, detail: 'x' })),
  unknown,
});

function watch(looks: Look[]): Decision[] {
  let outages: Outages = new Map();
  return looks.map((each) => {
    const decision = decide(outages, each);
    outages = decision.outages;
    return decision;
  });
}
const told = (looks: Look[]) => watch(looks).map(({ tell }) => tell.map(({ key }) => key));

describe('the watchdog', () => {
  test('tells at the second look, once an outage, with the time of the first', () => {
    const looks = [1, 2, 3, 4].map((at) => look(at, ['worker']));
    expect(told(looks)).toEqual([[], ['worker'], [], []]);
    expect(watch(looks)[1]!.tell[0]).toEqual({ key: 'worker', detail: 'x', since: 1 });
  });

  test('does not tell of a single bad look, and says when an outage is over', () => {
    const decisions = watch([look(1, ['disk']), look(2, []), look(3, ['disk']), look(4, ['disk']), look(5, [])]);
    expect(decisions.map(({ tell }) => tell.length)).toEqual([0, 0, 0, 1, 0]);
    expect(decisions.map(({ over }) => over.map(({ told }) => told))).toEqual([[], [false], [], [], [true]]);
  });

  test('tells of a new outage after the end of the last', () => {
    const bad = (at: number) => look(at, ['exchange']);
    expect(told([bad(1), bad(2), look(3, []), bad(4), bad(5)]).flat()).toEqual(['exchange', 'exchange']);
  });

  test('keeps what it knew of a part that could not be looked at', () => {
    const blind = look(3, ['temporal'], ['worker']);
    const looks = [look(1, ['worker']), look(2, ['worker']), blind, look(4, ['worker'])];
    expect(told(looks)).toEqual([[], ['worker'], [], []]);
    expect(watch([look(1, ['cycle:a']), look(2, ['database'], ['cycle', 'cycles'])])[1]!.over).toEqual([]);
  });

  test('tells each user of their own cycle, and administrators of late cycles only where no cause is told', () => {
    const keys: ConditionKey[] = ['cycles', 'cycle:a', 'cycle:b'];
    expect(told([look(1, keys), look(2, keys)])[1]).toEqual(keys);
    const caused: ConditionKey[] = ['worker', ...keys];
    expect(told([look(1, caused), look(2, caused), look(3, keys)]).slice(1)).toEqual([
      ['worker', 'cycle:a', 'cycle:b'],
      ['cycles'],
    ]);
  });

  test('never tells twice of one condition without a good look between', () => {
    const key = fc.constantFrom<ConditionKey>('worker', 'database', 'cycles', 'cycle:a');
    const steps = fc.array(fc.record({ bad: fc.uniqueArray(key), blind: fc.boolean() }), { maxLength: 30 });
    fc.assert(
      fc.property(steps, (all) => {
        const open = new Set<ConditionKey>();
        const decisions = watch(all.map(({ bad, blind }, at) => look(at, bad, blind ? ['worker', 'cycle'] : [])));
        for (const { tell, over } of decisions) {
          for (const each of over) open.delete(each.key);
          for (const each of tell) {
            expect(open.has(each.key)).toBe(false);
            open.add(each.key);
          }
        }
      }),
    );
  });

  test('takes a cycle as overdue after three intervals and no sooner than a minute', () => {
    expect(isOverdue({ userId: 'a', nextCycleAt: 0, interval: 5 }, 60_000)).toBe(false);
    expect(isOverdue({ userId: 'a', nextCycleAt: 0, interval: 5 }, 60_001)).toBe(true);
    expect(isOverdue({ userId: 'a', nextCycleAt: 0, interval: 300 }, 900_000)).toBe(false);
    expect(isOverdue({ userId: 'a', nextCycleAt: 0, interval: 300 }, 900_001)).toBe(true);
  });

  test('takes a disk as nearly full below 1 GiB or 5 percent', () => {
    const gib = 2 ** 30;
    expect(isNearlyFull(gib - 1, 10 * gib)).toBe(true);
    expect(isNearlyFull(4.9 * gib, 100 * gib)).toBe(true);
    expect(isNearlyFull(5.1 * gib, 100 * gib)).toBe(false);
  });

  test('gives one outage the same id in every process, and another user another one', () => {
    expect(notificationId('cycle:a', 'a', 300_005)).toBe(notificationId('cycle:a', 'a', 310_000));
    expect(notificationId('worker', 'a', 300_005)).not.toBe(notificationId('worker', 'b', 300_005));
    expect(notificationId('worker', 'a', 299_999)).not.toBe(notificationId('worker', 'a', 300_000));
    expect(partOf('cycle:a')).toBe('cycle');
  });
});
