import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import proto from '@temporalio/proto';
import { Worker } from '@temporalio/worker';
import { projectRoot } from '../../../adapters/paths.js';

/** Recorded by scripts/record-history.mjs from a running product: one file for every released shape of a history. */
const folder = join(projectRoot(), 'tests', 'replay');
const files = readdirSync(folder).filter((name) => name.endsWith('.pb'));
const [trading = '', ...furtherTrading] = files.filter((name) => name.startsWith('trading-'));
const telling = files.filter((name) => name.startsWith('notification-'));
const codePath = join(projectRoot(), 'dist', 'workflow-bundle.js');
const { History } = proto.temporal.api.history.v1;

const load = (name: string) => History.decode(readFileSync(join(folder, name)));
/** A user's trading has that user's id, and ends under another. */
const idOf = ({ events }: ReturnType<typeof load>): string => {
  const [input] = events[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  const { userId = 'replay' } = JSON.parse(Buffer.from(input?.data ?? []).toString() || '{}') as { userId?: string };
  return `trading-${userId}`;
};
const replay = (history: ReturnType<typeof load>, name: string) =>
  Worker.runReplayHistory({ workflowBundle: { codePath }, replayName: name }, history, idOf(history));

describe('recorded histories', () => {
  test('hold an entry, positions looked after, an emergency and a reset', () => {
    const steps = [trading, ...furtherTrading].flatMap((name) =>
      load(name).events.map((event) => event.activityTaskScheduledEventAttributes?.activityType?.name),
    );
    for (const step of ['executeTrade', 'managePositions', 'recordCycle', 'haltTrading', 'releaseTrading'])
      expect(steps).toContain(step);
  });

  test('hold one of a new account, and one that was started by hand where another was', () => {
    const begun = furtherTrading.filter((name) =>
      load(name).events.some((event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'readBooks'),
    );
    expect(begun).toEqual(['trading-2026-12-01-by-hand.pb', 'trading-2026-12-01-new.pb']);
  });

  test('hold notifications of before and after the plan came with them, retried and given up, waiting, and gathered', () => {
    const eventsOf = (some: string[]) => some.flatMap((name) => load(name).events);
    const patched = (name: string) =>
      eventsOf([name]).some(({ markerRecordedEventAttributes: marker }) => marker?.markerName === 'core_patch');
    expect(new Set(telling.map(patched))).toEqual(new Set([true, false]));
    for (const some of [telling.filter(patched), telling.filter((name) => !patched(name))]) {
      const events = eventsOf(some);
      const steps = events.map((event) => event.activityTaskScheduledEventAttributes?.activityType?.name);
      expect(steps).toEqual(expect.arrayContaining(['deliverEmail', 'deliverDiscord', 'joinDigest']));
      expect(events.some((event) => event.activityTaskStartedEventAttributes?.lastFailure)).toBe(true);
      expect(events.some((event) => event.activityTaskFailedEventAttributes)).toBe(true);
      const open = some.filter(
        (name) => !eventsOf([name]).some((event) => event.workflowExecutionCompletedEventAttributes),
      );
      expect(open).not.toEqual([]);
    }
  });

  test.each(files)('%s is replayed by the present workflow without a difference', async (name) => {
    await expect(replay(load(name), name)).resolves.toBeUndefined();
  });

  test('a workflow that does other things than it did is caught', async () => {
    const history = load(trading);
    const scheduled = history.events.find((event) => event.activityTaskScheduledEventAttributes);
    scheduled!.activityTaskScheduledEventAttributes!.activityType!.name = 'somethingElse';
    await expect(replay(history, 'changed')).rejects.toThrow(/determinism/i);
  });

  /** Edits of the workflow's own code, made in the bundle. */
  const edited = (pattern: RegExp, instead: string, name = trading) => {
    const code = readFileSync(codePath, 'utf8');
    const changed = code.replace(pattern, instead);
    expect(changed).not.toBe(code);
    return Worker.runReplayHistory({ workflowBundle: { code: changed } }, load(name), 'edited');
  };

  test('stop an incompatible edit: a cycle that leaves a step out', async () => {
    await expect(edited(/await \w+\.read\.generateSignals\(\{[^}]*\}\)/, '[]')).rejects.toThrow(/determinism/i);
  });

  test.each(telling.filter((name) => name.includes('2026-11-28')))(
    'stop one that takes a plan which %s did not know',
    async (name) => {
      await expect(edited(/ && \(0, ?\w+\.patched\)\('planned'\)/, '', name)).rejects.toThrow(/determinism/i);
    },
  );

  test('let a compatible edit through: another limit of a step that is the same', async () => {
    await expect(
      edited(/startToCloseTimeout: '8 seconds'/, "startToCloseTimeout: '9 seconds'"),
    ).resolves.toBeUndefined();
  });
});
