/** A release beside the one that runs: a copy of what is built, with an edit of the workflow's code. */
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { projectRoot } from '../../adapters/paths.js';
import { temporaryFolder } from '../../launcher/temporary-folder.js';

export interface Edit {
  what: string;
  pattern: RegExp;
  instead: string;
}

/** Does other things than recorded histories say: a step of the cycle is left out. */
export const INCOMPATIBLE: Edit = {
  what: 'a cycle that leaves a step out',
  // The last of a cycle: what follows from another one left out would be made of that one's result.
  pattern: /\w+\.inTask\.recordCycle\(record\)/,
  instead: 'Promise.resolve(0)',
};

/** Does the same, otherwise: another limit of a step, which no history depends on. */
export const COMPATIBLE: Edit = {
  what: 'another limit of a step',
  pattern: /startToCloseTimeout: '8 seconds'/,
  instead: "startToCloseTimeout: '9 seconds'",
};

const BUNDLE = join('dist', 'workflow-bundle.js');

/** @throws Error where the code has nothing to be edited that way any more */
export function editedBundle({ what, pattern, instead }: Edit): string {
  const code = readFileSync(join(projectRoot(), BUNDLE), 'utf8');
  const edited = code.replace(pattern, instead);
  if (edited === code) throw new Error(`nothing in the workflow's code can be edited to ${what}`);
  return edited;
}

export interface Release {
  /** Workers are started from there. */
  root: string;
  remove(): void;
}

export function makeRelease(bundle: string): Release {
  const folder = temporaryFolder('release');
  for (const name of ['adapters', 'activities', 'trading', 'worker', 'workflows'])
    cpSync(join(projectRoot(), 'dist', name), join(folder.path, 'dist', name), { recursive: true });
  mkdirSync(join(folder.path, 'config'), { recursive: true });
  cpSync(join(projectRoot(), 'config'), join(folder.path, 'config'), { recursive: true });
  cpSync(join(projectRoot(), 'package.json'), join(folder.path, 'package.json'));
  symlinkSync(join(projectRoot(), 'node_modules'), join(folder.path, 'node_modules'));
  writeFileSync(join(folder.path, BUNDLE), bundle);
  return { root: folder.path, remove: folder.remove };
}

export interface Replayed {
  histories: number;
  /** Why the first history that does not replay did not; null where all did. */
  refused: string | null;
}

let quiet = false;

/** What the replay test does with recorded histories (tests/servers/workflow/replay.test.ts), with those that run now. */
export async function replayRunning(bundle: string, temporalAddress: string): Promise<Replayed> {
  const { DefaultLogger, Runtime, Worker } = await import('@temporalio/worker');
  // What a replay finds is returned; the SDK tells each of its steps besides.
  if (!quiet) Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: 'OFF' } } });
  quiet = true;
  const connection = await Connection.connect({ address: temporalAddress });
  let histories = 0;
  let refused: string | null = null;
  try {
    const found = new Client({ connection }).workflow.list({ query: 'WorkflowType = "tradingWorkflow"' });
    const replays = Worker.runReplayHistories({ workflowBundle: { code: bundle } }, found.intoHistories());
    for await (const { error } of replays) {
      histories += 1;
      refused ??= error ? error.name : null;
    }
    return { histories, refused };
  } finally {
    await connection.close();
  }
}
