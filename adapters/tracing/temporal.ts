/**
 * Traces over Temporal: the client's messages carry the `traceparent` of whoever sends them, workflows hand it to their
 * steps (workflows/tracing.ts), and each attempt of a step is a span. A cycle that nobody asked for is a trace of its
 * own, whose id follows from workflow and cycle: no history grows by it, and every worker works out the same.
 */
import type { WorkflowClientInterceptor } from '@temporalio/client';
import { defaultPayloadConverter, type Headers } from '@temporalio/common';
import type { ActivityInterceptorsFactory, InjectedSinks } from '@temporalio/worker';
import {
  currentTraceparent,
  derivedContext,
  isTracing,
  parseTraceparent,
  record,
  type SpanContext,
  traced,
} from './trace.js';

const HEADER = 'traceparent';

export const clientInterceptor: WorkflowClientInterceptor = {
  start: (input, next) => next({ ...input, headers: withTrace(input.headers) }),
  startWithDetails: (input, next) => next({ ...input, headers: withTrace(input.headers) }),
  signal: (input, next) => next({ ...input, headers: withTrace(input.headers) }),
  signalWithStart: (input, next) => next({ ...input, headers: withTrace(input.headers) }),
  startUpdate: (input, next) => next({ ...input, headers: withTrace(input.headers) }),
  startUpdateWithStart: (input, next) => next({ ...input, updateHeaders: withTrace(input.updateHeaders) }),
};

function withTrace(headers: Headers): Headers {
  const traceparent = currentTraceparent();
  return traceparent ? { ...headers, [HEADER]: defaultPayloadConverter.toPayload(traceparent) } : headers;
}

export const activityInterceptors: ActivityInterceptorsFactory = ({ info }) => ({
  inbound: {
    async execute({ args, headers, ...input }, next) {
      if (!isTracing()) return next({ args, headers, ...input });
      const workflowId = info.workflowExecution?.workflowId ?? '';
      const given = headers[HEADER]
        ? parseTraceparent(String(defaultPayloadConverter.fromPayload(headers[HEADER])))
        : null;
      const cycle = cycleOf(args[0]);
      const own = given || cycle === null ? null : derivedContext(`${workflowId} ${cycle}`);
      const attributes = {
        'temporal.workflow.id': workflowId,
        'temporal.run.id': info.workflowExecution?.runId ?? '',
        'temporal.activity.attempt': info.attempt,
        'temporal.task_queue': info.taskQueue,
        ...(cycle === null ? {} : { 'trading.cycle': cycle }),
      };
      const parent = given ?? own ?? 'begin';
      try {
        return await traced(info.activityType, { kind: 'consumer', attributes, parent }, () =>
          next({ args, headers, ...input }),
        );
      } finally {
        if (own && info.activityType === 'recordCycle') recordWholeCycle(own, workflowId, args[0]);
      }
    },
  },
});

/** The step that records a cycle knows when it began: it closes the cycle's own span. */
function recordWholeCycle(context: SpanContext, workflowId: string, input: unknown): void {
  const { cycle, startedAt } = input as { cycle: number; startedAt?: number };
  if (startedAt === undefined) return;
  const attributes = { 'temporal.workflow.id': workflowId, 'trading.cycle': cycle };
  record({
    context,
    parentSpanId: null,
    name: 'cycle',
    kind: 'internal',
    startMs: startedAt,
    endMs: Date.now(),
    attributes,
    error: null,
  });
}

function cycleOf(input: unknown): number | null {
  const cycle = typeof input === 'object' && input !== null ? (input as { cycle?: unknown }).cycle : null;
  return typeof cycle === 'number' ? cycle : null;
}

/** What workflows/tracing.ts tells of a message that a workflow has handled. Registered also where nothing is exported. */
export const tracingSinks: InjectedSinks<{
  tracing: { handled(parent: string, spanId: string, name: string, startMs: number, endMs: number): void };
}> = {
  tracing: {
    handled: {
      callDuringReplay: false,
      fn({ workflowId, runId }, parent, spanId, name, startMs, endMs) {
        const above = isTracing() ? parseTraceparent(parent) : null;
        if (!above) return;
        const attributes = { 'temporal.workflow.id': workflowId, 'temporal.run.id': runId };
        const context = { ...above, spanId };
        record({
          context,
          parentSpanId: above.spanId,
          name,
          kind: 'consumer',
          startMs,
          endMs,
          attributes,
          error: null,
        });
      },
    },
  },
};
