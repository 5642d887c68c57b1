import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createOtlpExporter, otlpBody } from '../../../adapters/tracing/otlp.js';
import { startTracing } from '../../../adapters/tracing/start.js';
import {
  currentTraceparent,
  derivedContext,
  exportTracesTo,
  formatTraceparent,
  isTracing,
  parseTraceparent,
  type Span,
  traced,
} from '../../../adapters/tracing/trace.js';

const spans: Span[] = [];
beforeEach(() => {
  spans.length = 0;
  exportTracesTo({ export: (span) => void spans.push(span) });
});
afterEach(() => exportTracesTo(null));

describe('spans', () => {
  test('are children of the span around them, over awaits', async () => {
    await traced('outer', { parent: 'begin' }, async () => {
      await new Promise((next) => setImmediate(next));
      await traced('inner', { attributes: { a: 1 } }, async (span) => void (span.name = 'renamed'));
    });
    const [inner, outer] = spans;
    expect([inner!.name, outer!.name]).toEqual(['renamed', 'outer']);
    expect([inner!.parentSpanId, outer!.parentSpanId]).toEqual([outer!.context.spanId, null]);
    expect(inner!.context.traceId).toBe(outer!.context.traceId);
    expect(inner!.endMs).toBeGreaterThanOrEqual(inner!.startMs);
  });

  test('tell an error by its kind, and let it through', async () => {
    const work = traced('x', { parent: 'begin' }, () => Promise.reject(new TypeError('secret')));
    await expect(work).rejects.toThrow('secret');
    expect(spans[0]!.error).toBe('TypeError');
  });

  test('are not made outside of a trace, nor where nothing takes them', async () => {
    await traced('alone', {}, async () => expect(currentTraceparent()).toBeNull());
    exportTracesTo(null);
    expect(isTracing()).toBe(false);
    await traced('off', { parent: 'begin' }, async () => expect(currentTraceparent()).toBeNull());
    expect(spans).toEqual([]);
  });

  test('of a trace that is not taken are not exported, and every process decides alike', async () => {
    exportTracesTo({ export: (span) => void spans.push(span) }, 0);
    await traced('outer', { parent: 'begin' }, () => traced('inner', {}, async () => undefined));
    expect(spans).toEqual([]);
    exportTracesTo({ export: (span) => void spans.push(span) }, 0.3);
    const taken = Array.from({ length: 2_000 }, (_, index) => derivedContext(`trading-u ${index}`));
    expect(taken.filter(({ sampled }) => sampled).length / 2_000).toBeCloseTo(0.3, 1);
    expect(derivedContext('trading-u 1')).toEqual(taken[1]);
  });
});

test('traceparent is read as it is written, and nothing else is', () => {
  const context = derivedContext('x');
  expect(parseTraceparent(formatTraceparent(context))).toEqual(context);
  for (const wrong of [
    '',
    'x',
    `01-${context.traceId}-${context.spanId}-01`,
    `00-${'0'.repeat(32)}-${context.spanId}-01`,
  ])
    expect(parseTraceparent(wrong)).toBeNull();
});

describe('the exporter', () => {
  const span = (name: string): Span => ({
    ...{ context: derivedContext(name), parentSpanId: null, name, kind: 'server', error: null },
    ...{ startMs: 1_700_000_000_000.25, endMs: 1_700_000_000_001, attributes: { n: 1, f: 0.5, b: true, s: 'x' } },
  });

  test('writes OTLP’s JSON form', () => {
    const [resource] = otlpBody([span('a')], { service: 'ctp-api', version: '1' }).resourceSpans;
    expect(resource!.resource.attributes).toContainEqual({ key: 'service.name', value: { stringValue: 'ctp-api' } });
    expect(resource!.scopeSpans[0]!.spans[0]).toMatchObject({
      name: 'a',
      kind: 2,
      startTimeUnixNano: '1700000000000250000',
      endTimeUnixNano: '1700000000001000000',
      status: { code: 1 },
      attributes: [
        { key: 'n', value: { intValue: '1' } },
        { key: 'f', value: { doubleValue: 0.5 } },
        { key: 'b', value: { boolValue: true } },
        { key: 's', value: { stringValue: 'x' } },
      ],
    });
  });

  test('warns once of a receiver that refuses, keeps at most 4,096 spans, and sends headers', async () => {
    const bodies: number[] = [];
    let status = 503;
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        if (request.headers['x-key'] === 'k')
          bodies.push(
            JSON.parse(Buffer.concat(chunks).toString()).resourceSpans[0].scopeSpans[0].spans.length as number,
          );
        response.writeHead(status).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`;
    const warned: string[] = [];
    const warn = (line: string) => void warned.push(line);
    const exporter = createOtlpExporter({ url, headers: { 'x-key': 'k' }, service: 's', version: '1', warn });
    for (let index = 0; index < 6_000; index += 1) exporter.export(span('a'));
    await exporter.flush();
    // The first batch is under way when the rest is kept.
    expect(bodies.reduce((sum, count) => sum + count, 0)).toBe(512 + 4_096);
    expect(warned).toEqual(['traces are not taken: it answered with 503']);
    status = 200;
    exporter.export(span('b'));
    await exporter.close();
    expect(bodies.at(-1)).toBe(1);
    await new Promise((resolve) => server.close(resolve));
  });

  test('is not there unless the environment names a receiver', async () => {
    exportTracesTo(null);
    expect(await startTracing({}, 'api', '1', () => undefined)).toBeNull();
    expect(isTracing()).toBe(false);
  });
});
