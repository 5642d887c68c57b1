import proto from '@temporalio/proto';
import type { NativeWorkerLike } from '@temporalio/worker/lib/worker.js';
import { inOrder } from '../../../adapters/temporal/resultOrder.js';

const { WorkflowActivation } = proto.coresdk.workflow_activation;
const { WorkflowActivationCompletion } = proto.coresdk.workflow_completion;
const { ActivityTask, ActivityCancelReason } = proto.coresdk.activity_task;
const { ActivityTaskCompletion } = proto.coresdk;
type Activation = proto.coresdk.workflow_activation.IWorkflowActivation;
type Job = proto.coresdk.workflow_activation.IWorkflowActivationJob;
type Completion = proto.coresdk.workflow_completion.IWorkflowActivationCompletion;

const runId = 'run';
const token = Buffer.from('local_act_12345678');
const result = (seq: number): Job => ({ resolveActivity: { seq, isLocal: true } });
const signal: Job = { signalWorkflow: { signalName: 'stop' } };
const question: Job = { queryWorkflow: { queryId: 'q1', queryType: 'status' } };
const looseQuestion: Job = { queryWorkflow: { queryId: 'legacy_query', queryType: 'status' } };
const timer = (seq: number): Completion => ({ runId, successful: { commands: [{ startTimer: { seq } }] } });

/** A core that hands out what it is given, and remembers what it was told. */
function core() {
  const activations: Activation[] = [];
  const tasks: Buffer[] = [];
  const told: string[] = [];
  let answerGate: Promise<void> = Promise.resolve();
  const workflow = inOrder({
    pollWorkflowActivation: async () => Buffer.from(WorkflowActivation.encode(activations.shift()!).finish()),
    pollActivityTask: async () => tasks.shift()!,
    async completeWorkflowActivation(bytes: Buffer) {
      const { successful, failed } = WorkflowActivationCompletion.decodeDelimited(bytes);
      told.push(failed ? 'failed' : (successful!.commands ?? []).map((it) => it.startTimer?.seq ?? 'answer').join(' '));
      await answerGate;
    },
    async completeActivityTask() {
      told.push('result');
    },
  } as unknown as NativeWorkerLike);
  return {
    told,
    holdAnswers() {
      let open!: () => void;
      answerGate = new Promise((done) => (open = done));
      return open;
    },
    async next(historyLength: number, ...jobs: Job[]) {
      activations.push({ runId, historyLength, jobs, timestamp: { seconds: historyLength as never, nanos: 0 } });
      return this.again();
    },
    async again() {
      const { historyLength, jobs } = WorkflowActivation.decode(await workflow.pollWorkflowActivation());
      return { historyLength, jobs: jobs.map((job) => job.variant) };
    },
    async begins(seq: number, taskToken = token) {
      const start = { workflowExecution: { runId }, activityId: String(seq), isLocal: true };
      tasks.push(Buffer.from(ActivityTask.encode({ taskToken, start }).finish()));
      await workflow.pollActivityTask();
    },
    async runsOutOfTime(taskToken = token) {
      const cancel = { reason: ActivityCancelReason.TIMED_OUT };
      tasks.push(Buffer.from(ActivityTask.encode({ taskToken, cancel }).finish()));
      await workflow.pollActivityTask();
    },
    ends: (taskToken = token) =>
      workflow.completeActivityTask(
        Buffer.from(ActivityTaskCompletion.encodeDelimited({ taskToken, result: { completed: {} } }).finish()),
      ),
    complete: (completion: Completion) =>
      workflow.completeWorkflowActivation(
        Buffer.from(WorkflowActivationCompletion.encodeDelimited(completion).finish()),
      ),
    answer() {
      return this.complete({ runId, successful: { commands: [{ respondToQuery: { queryId: 'q1' } }] } });
    },
  };
}

async function asked(question_: Job = question) {
  const it = core();
  await it.next(3, signal);
  await it.complete({ runId, successful: {} });
  await it.begins(1);
  await it.next(3, question_);
  return it;
}

describe('a result that the core has before the answer to a question', () => {
  test('is told as of that task, before what came meanwhile, and both are answered as one', async () => {
    const it = await asked();
    await it.ends();
    await it.answer();
    expect(await it.next(8, signal, result(1))).toEqual({ historyLength: 3, jobs: ['resolveActivity'] });
    expect(await it.again()).toEqual({ historyLength: 8, jobs: ['signalWorkflow'] });
    await it.complete(timer(1));
    await it.complete(timer(2));
    expect(it.told).toEqual(['', 'result', 'answer', '1 2']);
  });

  test('is told as of that task where nothing else came', async () => {
    const it = await asked();
    await it.ends();
    await it.answer();
    expect(await it.next(8, result(1))).toEqual({ historyLength: 3, jobs: ['resolveActivity'] });
    await it.complete(timer(1));
    expect(it.told.at(-1)).toBe('1');
    expect(await it.next(12, signal)).toEqual({ historyLength: 12, jobs: ['signalWorkflow'] });
  });

  test('fails the whole task where one of both fails', async () => {
    const it = await asked();
    await it.ends();
    await it.answer();
    await it.next(8, signal, result(1));
    await it.again();
    await it.complete({ runId, failed: { failure: { message: 'broken' } } });
    await it.complete(timer(2));
    expect(it.told.at(-1)).toBe('failed');
  });

  test('is none where it was a try that failed and is begun again', async () => {
    const it = await asked();
    await it.ends();
    await it.answer();
    await it.begins(1);
    await it.ends();
    expect(await it.next(8, signal, result(1))).toEqual({
      historyLength: 8,
      jobs: ['signalWorkflow', 'resolveActivity'],
    });
  });
});

test('an end by time-out is a result, and what the activity still says after it is none', async () => {
  const it = await asked();
  await it.runsOutOfTime();
  await it.answer();
  await it.ends();
  expect(await it.next(8, signal, result(1))).toEqual({ historyLength: 3, jobs: ['resolveActivity'] });
});

test('what a try says that ran out of its time is no result of the one after it', async () => {
  const it = await asked();
  const second = Buffer.from('local_act_87654321');
  await it.runsOutOfTime();
  await it.begins(1, second);
  await it.ends();
  await it.answer();
  await it.ends(second);
  expect((await it.next(8, signal, result(1))).jobs).toEqual(['signalWorkflow', 'resolveActivity']);
});

test('a result is told as of the task that brought nothing but a question, where it is recorded with that', async () => {
  const it = await asked();
  await it.answer();
  await it.next(6, question);
  await it.ends();
  await it.answer();
  expect(await it.next(9, signal, result(1))).toEqual({ historyLength: 6, jobs: ['resolveActivity'] });
});

describe('a result that the core gets after the answer', () => {
  test('waits until the answer is through, and is told with what came meanwhile', async () => {
    const it = await asked();
    const open = it.holdAnswers();
    const answered = it.answer();
    const ended = it.ends();
    await new Promise((next) => setImmediate(next));
    expect(it.told).toEqual(['', 'answer']);
    open();
    await answered;
    await ended;
    expect(it.told).toEqual(['', 'answer', 'result']);
    expect(await it.next(8, signal, result(1))).toEqual({
      historyLength: 8,
      jobs: ['signalWorkflow', 'resolveActivity'],
    });
  });

  test('belongs to the next task also where the question belonged to none', async () => {
    const it = await asked(looseQuestion);
    await it.ends();
    await it.answer();
    expect((await it.next(8, signal, result(1))).jobs).toEqual(['signalWorkflow', 'resolveActivity']);
  });
});

test('a run that is put out of the cache is forgotten', async () => {
  const it = await asked();
  await it.ends();
  await it.answer();
  await it.next(0, { removeFromCache: {} });
  await it.complete({ runId, successful: {} });
  expect((await it.next(8, signal, result(1))).jobs).toEqual(['signalWorkflow', 'resolveActivity']);
});

test('a result for a run that was put out of the cache meanwhile is none of the one that is read again', async () => {
  const it = await asked();
  await it.next(0, { removeFromCache: {} });
  await it.complete({ runId, successful: {} });
  await it.next(3, signal);
  await it.ends();
  await it.next(3, question);
  await it.answer();
  expect((await it.next(8, signal, result(1))).jobs).toEqual(['signalWorkflow', 'resolveActivity']);
});
