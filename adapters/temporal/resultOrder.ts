/**
 * Tells workflows of their local activities' results in the order in which the history will tell it.
 *
 * Where a question waits in a workflow task, the SDK's core (1.24) hands it out while local activities are still under
 * way. A result that comes before that question's answer is recorded with this task; but the workflow learns of it in the
 * next one, together with what came meanwhile: a signal, the end of another step. A replay tells the result first, for
 * there it belongs to the task before. The workflow then decides otherwise, and hangs as soon as another worker takes over.
 *
 * So results and answers of one workflow are handed to the core one after the other, which makes known where each result
 * is recorded; and what belongs to the task before is told on its own, before the rest, as of that task.
 *
 * Not seen by this: a local activity that runs out of its time within the very milliseconds in which a question is
 * answered (the core says so afterwards).
 */
import proto from '@temporalio/proto';
import { Worker, type WorkerOptions } from '@temporalio/worker';
import { NativeWorker, type NativeWorkerLike } from '@temporalio/worker/lib/worker.js';

const { WorkflowActivation } = proto.coresdk.workflow_activation;
const { WorkflowActivationCompletion } = proto.coresdk.workflow_completion;
const { ActivityTask, ActivityCancelReason } = proto.coresdk.activity_task;
const { TIMED_OUT } = ActivityCancelReason;
const { ActivityTaskCompletion } = proto.coresdk;
type Activation = proto.coresdk.workflow_activation.IWorkflowActivation;
type Completion = proto.coresdk.workflow_completion.IWorkflowActivationCompletion;
type Start = proto.coresdk.activity_task.IStart;

/** With this the token of a local activity begins, which comes first in its task and in its completion. */
const isLocal = (bytes: Buffer): boolean => bytes.subarray(0, 24).includes('local_act_');

/** The core's name for a question that belongs to no workflow task. */
const WITHOUT_TASK = 'legacy_query';

/** A run of a workflow, as far as it decides about order. */
interface Run {
  /** The last task that the workflow was told of. */
  task: Pick<
    Activation,
    'timestamp' | 'historyLength' | 'historySizeBytes' | 'continueAsNewSuggested' | 'suggestContinueAsNewReasons'
  >;
  /** Local activities (their number in the run) whose result the core has and the workflow has not. */
  told: Set<number>;
  /** Of these, which are recorded with a task that has ended. */
  recorded: Set<number>;
  /** What is handed out is a question that belongs to a task. */
  isAsked: boolean;
  /** Results and answers are handed to the core one after the other. */
  turn: Promise<unknown>;
  /** How many completions the core is to get as one, and those that are there. */
  parts: number;
  completions: Completion[];
}

/** A worker for workflows, whose local activities are told in order. */
export const createWorkflowWorker = (options: WorkerOptions): Promise<Worker> => workerOver(inOrder).create(options);

/** Workers that speak to the SDK's core through `change`. */
export const workerOver = (change: (core: NativeWorkerLike) => NativeWorkerLike): typeof Worker =>
  class extends Worker {
    protected static override nativeWorkerCtor = {
      create: async (...args: Parameters<typeof NativeWorker.create>) => change(await NativeWorker.create(...args)),
      createReplay: NativeWorker.createReplay.bind(NativeWorker),
    };
  };

export function inOrder(core: NativeWorkerLike): NativeWorkerLike {
  const runs = new Map<string, Run>();
  /** By the task's token; a run that was put out of the cache and read again is another. */
  const underWay = new Map<string, { run: Run; step: number }>();
  const ahead: Buffer[] = [];

  async function pollWorkflowActivation(): Promise<Buffer> {
    const waiting = ahead.shift();
    if (waiting) return waiting;
    const bytes = await core.pollWorkflowActivation();
    const activation = WorkflowActivation.decode(bytes);
    const jobs = activation.jobs;
    if (jobs.some((job) => job.removeFromCache)) {
      runs.delete(activation.runId);
      return bytes;
    }
    const run = runOf(activation);
    run.isAsked = jobs.every((job) => job.queryWorkflow && job.queryWorkflow.queryId !== WITHOUT_TASK);
    // A task may bring nothing but a question, while results of the one before are still to come.
    if (run.isAsked) run.task = taskOf(activation);
    if (jobs.every((job) => job.queryWorkflow)) return bytes;

    const { task, recorded } = run;
    run.task = taskOf(activation);
    const before = jobs.filter((job) => recorded.has(localStep(job)));
    for (const job of jobs) run.told.delete(localStep(job));
    run.recorded = new Set();
    if (before.length === 0) return bytes;
    const after = jobs.filter((job) => !before.includes(job));
    run.parts = after.length > 0 ? 2 : 1;
    if (after.length > 0) ahead.push(encode({ ...activation, jobs: after }));
    return encode({ ...activation, ...task, jobs: before });
  }

  function runOf(activation: Activation): Run {
    const runId = activation.runId!;
    const known = runs.get(runId);
    if (known) return known;
    const run: Run = {
      task: taskOf(activation),
      told: new Set(),
      recorded: new Set(),
      isAsked: false,
      turn: Promise.resolve(),
      parts: 1,
      completions: [],
    };
    runs.set(runId, run);
    return run;
  }

  async function completeWorkflowActivation(bytes: Buffer): Promise<void> {
    const completion = WorkflowActivationCompletion.decodeDelimited(bytes);
    const { runId } = completion;
    const run = runs.get(runId);
    if (run?.isAsked)
      return inTurn(run, () => {
        run.recorded = new Set(run.told);
        return core.completeWorkflowActivation(bytes);
      });
    if (!run || run.parts === 1) return core.completeWorkflowActivation(bytes);
    run.completions.push(completion);
    if (run.completions.length < run.parts) return;
    const whole = merged(runId, run.completions);
    run.parts = 1;
    run.completions = [];
    return core.completeWorkflowActivation(Buffer.from(WorkflowActivationCompletion.encodeDelimited(whole).finish()));
  }

  async function pollActivityTask(): Promise<Buffer> {
    const bytes = await core.pollActivityTask();
    if (!isLocal(bytes)) return bytes;
    const { taskToken, start, cancel } = ActivityTask.decode(bytes);
    const token = Buffer.from(taskToken).toString('latin1');
    if (start) begin(token, start);
    else if (cancel?.reason === TIMED_OUT) giveUp(token);
    return bytes;
  }

  /** Once more, where a try of it failed: that was not its result. */
  function begin(token: string, { workflowExecution, activityId }: Start): void {
    const run = runs.get(workflowExecution!.runId!);
    if (!run) return;
    const step = Number(activityId);
    run.told.delete(step);
    run.recorded.delete(step);
    underWay.set(token, { run, step });
  }

  /** The core has ended it; whatever it still says is not its result. Where it is tried again, that begins anew. */
  function giveUp(token: string): void {
    const known = underWay.get(token);
    underWay.delete(token);
    known?.run.told.add(known.step);
  }

  async function completeActivityTask(bytes: Buffer): Promise<void> {
    if (!isLocal(bytes)) return core.completeActivityTask(bytes);
    const token = Buffer.from(ActivityTaskCompletion.decodeDelimited(bytes).taskToken).toString('latin1');
    const run = underWay.get(token)?.run;
    if (!run) return core.completeActivityTask(bytes);
    return inTurn(run, () => {
      // It may have been given up while it waited.
      const known = underWay.get(token);
      underWay.delete(token);
      if (known) run.told.add(known.step);
      return core.completeActivityTask(bytes);
    });
  }

  return {
    type: core.type,
    initiateShutdown: () => core.initiateShutdown(),
    finalizeShutdown: () => core.finalizeShutdown(),
    flushCoreLogs: () => core.flushCoreLogs(),
    pollWorkflowActivation,
    completeWorkflowActivation,
    pollActivityTask,
    completeActivityTask,
    pollNexusTask: () => core.pollNexusTask(),
    completeNexusTask: (bytes) => core.completeNexusTask(bytes),
    recordActivityHeartbeat: (bytes) => core.recordActivityHeartbeat(bytes),
    replaceClient: (client) => core.replaceClient(client),
  };
}

function inTurn(run: Run, work: () => Promise<void>): Promise<void> {
  const done = run.turn.then(work);
  run.turn = done.catch(() => undefined);
  return done;
}

const taskOf = (activation: Activation): Run['task'] => ({
  timestamp: activation.timestamp,
  historyLength: activation.historyLength,
  historySizeBytes: activation.historySizeBytes,
  continueAsNewSuggested: activation.continueAsNewSuggested,
  suggestContinueAsNewReasons: activation.suggestContinueAsNewReasons,
});

/** NaN, which is no step's number, where the job is no result of a local activity. */
const localStep = ({ resolveActivity }: proto.coresdk.workflow_activation.IWorkflowActivationJob): number =>
  resolveActivity?.isLocal ? (resolveActivity.seq ?? NaN) : NaN;

const encode = (activation: Activation): Buffer => Buffer.from(WorkflowActivation.encode(activation).finish());

/** The first that failed, or all that was commanded, in order. */
function merged(runId: string, completions: readonly Completion[]): Completion {
  const failed = completions.find((completion) => completion.failed);
  if (failed) return failed;
  const parts = completions.map((completion) => completion.successful!);
  return {
    runId,
    successful: {
      ...parts.at(-1),
      commands: parts.flatMap((part) => part.commands ?? []),
      usedInternalFlags: [...new Set(parts.flatMap((part) => part.usedInternalFlags ?? []))],
    },
  };
}
