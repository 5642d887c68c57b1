/** Sends spans by OTLP over HTTP as JSON, in batches. A receiver that is slow or gone costs spans and nothing else. */
import type { Exporter, Span, SpanKind } from './trace.js';

export interface OtlpOptions {
  /** Where spans go, whole: `http://collector:4318/v1/traces`. */
  url: string;
  headers?: Record<string, string>;
  /** `service.name`, such as `crypto-trader-pro-worker`. */
  service: string;
  version: string;
  warn(message: string): void;
}

const EVERY_MS = 2_000;
const BATCH = 512;
/** More are dropped until the receiver has taken some. */
const KEPT = 4_096;
const LIMIT_MS = 5_000;
const KINDS: Record<SpanKind, number> = { internal: 1, server: 2, client: 3, consumer: 5 };

export function createOtlpExporter(
  options: OtlpOptions,
): Exporter & { flush(): Promise<void>; close(): Promise<void> } {
  let waiting: Span[] = [];
  let sending: Promise<void> | null = null;
  let warned = false;
  const timer = setInterval(() => void flush(), EVERY_MS);
  timer.unref();

  async function send(spans: Span[]): Promise<void> {
    try {
      const answer = await fetch(options.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...options.headers },
        body: JSON.stringify(otlpBody(spans, options)),
        signal: AbortSignal.timeout(LIMIT_MS),
      });
      await answer.arrayBuffer();
      if (!answer.ok) throw new Error(`it answered with ${answer.status}`);
      warned = false;
    } catch (error) {
      if (!warned) options.warn(`traces are not taken: ${(error as Error).message}`);
      warned = true;
    }
  }

  function flush(): Promise<void> {
    sending ??= (async () => {
      while (waiting.length > 0) await send(waiting.splice(0, BATCH));
    })().finally(() => (sending = null));
    return sending;
  }

  return {
    export(span) {
      if (waiting.length >= KEPT) return;
      waiting.push(span);
      if (waiting.length >= BATCH) void flush();
    },
    flush,
    async close() {
      clearInterval(timer);
      await Promise.race([flush(), new Promise((resolve) => setTimeout(resolve, 1_000).unref())]);
      waiting = [];
    },
  };
}

/** `ExportTraceServiceRequest` in the JSON form of OTLP: ids as hex, 64-bit numbers as texts. */
export function otlpBody(spans: readonly Span[], { service, version }: Pick<OtlpOptions, 'service' | 'version'>) {
  const resource = { 'service.name': service, 'service.version': version, 'process.pid': process.pid };
  return {
    resourceSpans: [
      {
        resource: { attributes: attributesOf(resource) },
        scopeSpans: [{ scope: { name: 'crypto-trader-pro', version }, spans: spans.map(spanOf) }],
      },
    ],
  };
}

function spanOf({ context, parentSpanId, name, kind, startMs, endMs, attributes, error }: Span) {
  return {
    traceId: context.traceId,
    spanId: context.spanId,
    ...(parentSpanId ? { parentSpanId } : {}),
    name,
    kind: KINDS[kind],
    startTimeUnixNano: nanoseconds(startMs),
    endTimeUnixNano: nanoseconds(endMs),
    attributes: attributesOf(attributes),
    status: error === null ? { code: 1 } : { code: 2, message: error },
  };
}

const nanoseconds = (ms: number): string => String(BigInt(Math.round(ms * 1_000)) * 1_000n);

const attributesOf = (attributes: Record<string, string | number | boolean>) =>
  Object.entries(attributes).map(([key, value]) => ({ key, value: valueOf(value) }));

function valueOf(value: string | number | boolean) {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
