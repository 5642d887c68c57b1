/**
 * Spans of OpenTelemetry, and which one the code that runs belongs to. Without an exporter nothing is made and nothing
 * is measured: `traced` then only calls. Traces go on over processes by W3C's `traceparent`.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash, randomBytes } from 'node:crypto';

export interface SpanContext {
  /** 32 hexadecimal digits. */
  traceId: string;
  /** 16 hexadecimal digits. */
  spanId: string;
  sampled: boolean;
}

export type Attributes = Record<string, string | number | boolean>;
export type SpanKind = 'internal' | 'server' | 'client' | 'consumer';

export interface Span {
  context: SpanContext;
  parentSpanId: string | null;
  name: string;
  kind: SpanKind;
  /** Real time, ms. */
  startMs: number;
  endMs: number;
  attributes: Attributes;
  /** What went wrong; null: nothing. */
  error: string | null;
}

export interface Exporter {
  export(span: Span): void;
}

let exporter: Exporter | null = null;
let ratio = 1;
const current = new AsyncLocalStorage<SpanContext>();

/** From now on spans of this process go there; `sampleRatio` of the traces that begin here are taken. */
export function exportTracesTo(to: Exporter | null, sampleRatio = 1): void {
  exporter = to;
  ratio = sampleRatio;
}

export const isTracing = (): boolean => exporter !== null;

/** The trace that the running code belongs to, as a header for another process. */
export const currentTraceparent = (): string | null => {
  const context = current.getStore();
  return context ? formatTraceparent(context) : null;
};

export interface Tracing {
  kind?: SpanKind;
  attributes?: Attributes;
  /** `begin`: a trace of its own; `inside` (usual): only as part of the current trace; or the given parent. */
  parent?: 'begin' | 'inside' | SpanContext;
  /** What of an error may be told. */
  describe?(error: unknown): string;
}

/** A span under way: its name, attributes and error may be changed until it ends. */
export type OpenSpan = Pick<Span, 'name' | 'attributes' | 'error'>;

/** Runs `work` as one span. */
export async function traced<T>(
  name: string,
  { kind = 'internal', attributes = {}, parent = 'inside', describe = nameOf }: Tracing,
  work: (span: OpenSpan) => Promise<T>,
): Promise<T> {
  const open: OpenSpan = { name, attributes, error: null };
  const above = parent === 'inside' ? (current.getStore() ?? null) : parent;
  if (!exporter || above === null) return work(open);
  const context = above === 'begin' ? beginning(newTraceId()) : { ...above, spanId: newSpanId() };
  const startMs = now();
  try {
    return await current.run(context, () => work(open));
  } catch (thrown) {
    open.error = describe(thrown);
    throw thrown;
  } finally {
    const parentSpanId = above === 'begin' ? null : above.spanId;
    record({ ...open, context, parentSpanId, kind, startMs, endMs: now() });
  }
}

/** A span that was measured elsewhere. */
export function record(span: Span): void {
  if (span.context.sampled) exporter?.export(span);
}

/** The beginning of a trace whose id several processes can work out from the same words. */
export function derivedContext(words: string): SpanContext {
  const hex = createHash('sha256').update(words).digest('hex');
  return { ...beginning(hex.slice(0, 32)), spanId: hex.slice(32, 48) };
}

/** Whether a trace is taken follows from its id, so that every process decides alike. */
function beginning(traceId: string): SpanContext {
  return { traceId, spanId: newSpanId(), sampled: Number.parseInt(traceId.slice(-8), 16) < ratio * 2 ** 32 };
}

export const formatTraceparent = ({ traceId, spanId, sampled }: SpanContext): string =>
  `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;

/** Null for what is none. */
export function parseTraceparent(text: string): SpanContext | null {
  const [, traceId, spanId, flags] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(text) ?? [];
  if (!traceId || !spanId || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return null;
  return { traceId, spanId, sampled: (Number.parseInt(flags!, 16) & 1) === 1 };
}

const newTraceId = (): string => randomBytes(16).toString('hex');
const newSpanId = (): string => randomBytes(8).toString('hex');
const now = (): number => performance.timeOrigin + performance.now();
const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'Error');
