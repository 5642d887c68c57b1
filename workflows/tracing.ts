/**
 * Hands the trace of a message (a start, signal or update that came with `traceparent`) on to the steps that follow from
 * it: up to and including the next record of a cycle, for the loop does what a handler only asks for. Where no message
 * brings one, this does nothing and no history grows by it.
 */
import {
  defaultPayloadConverter,
  type Headers,
  proxySinks,
  type Sinks,
  workflowInfo,
  type WorkflowInterceptorsFactory,
} from '@temporalio/workflow';

interface TracingSinks extends Sinks {
  tracing: { handled(parent: string, spanId: string, name: string, startMs: number, endMs: number): void };
}

const HEADER = 'traceparent';
/** After this step what a message asked for is done. */
const LAST_STEP = 'recordCycle';

export const interceptors: WorkflowInterceptorsFactory = () => {
  const { tracing } = proxySinks<TracingSinks>();
  /** The trace that steps belong to now. */
  let trace: string | null = null;

  async function handled<T>(headers: Headers, name: string, work: () => Promise<T>): Promise<T> {
    const parent = traceparentOf(headers);
    if (parent === null) return work();
    const spanId = spanIdOf(`${parent} ${workflowInfo().runId} ${workflowInfo().historyLength} ${name}`);
    const startMs = Date.now();
    trace = parent.replace(/-[0-9a-f]{16}-/, `-${spanId}-`);
    try {
      return await work();
    } finally {
      tracing.handled(parent, spanId, name, startMs, Date.now());
    }
  }

  function forStep(name: string, headers: Headers): Headers {
    if (trace === null) return headers;
    const carried = { ...headers, [HEADER]: defaultPayloadConverter.toPayload(trace) };
    if (name === LAST_STEP) trace = null;
    return carried;
  }

  return {
    inbound: [
      {
        execute: (input, next) => handled(input.headers, `run ${workflowInfo().workflowType}`, () => next(input)),
        handleSignal: (input, next) => handled(input.headers, `signal ${input.signalName}`, () => next(input)),
        handleUpdate: (input, next) => handled(input.headers, `update ${input.name}`, () => next(input)),
      },
    ],
    outbound: [
      {
        scheduleActivity: (input, next) => next({ ...input, headers: forStep(input.activityType, input.headers) }),
        scheduleLocalActivity(input, next) {
          const belongsTo = trace;
          const done = next({ ...input, headers: forStep(input.activityType, input.headers) });
          if (input.activityType !== LAST_STEP || belongsTo === null) return done;
          // Where it fails, the step that follows belongs to the same message.
          done.catch(() => {
            trace ??= belongsTo;
          });
          return done;
        },
      },
    ],
  };
};

function traceparentOf(headers: Headers): string | null {
  const payload = headers[HEADER];
  const text: unknown = payload && defaultPayloadConverter.fromPayload(payload);
  return typeof text === 'string' && /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(text) ? text : null;
}

/** FNV-1a over 64 bits: the same at every replay, without the run's own random numbers. */
function spanIdOf(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (let index = 0; index < text.length; index += 1)
    hash = ((hash ^ BigInt(text.charCodeAt(index))) * 0x100000001b3n) & 0xffffffffffffffffn;
  return hash.toString(16).padStart(16, '0');
}
