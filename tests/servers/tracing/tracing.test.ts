import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { startTracing, type TracingHandle } from '../../../adapters/tracing/start.js';
import { type CampaignWorker, startCampaignWorker } from '../../../commands/campaign/worker.js';
import { eventually } from '../../support/trading.js';
import { startApi, type TestApi } from '../api/testApi.js';

jest.setTimeout(120_000);

interface ReceivedSpan {
  service: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
}

let t: TestApi;
let worker: CampaignWorker;
let receiver: Server;
let tracing: TracingHandle | null;
const spans: ReceivedSpan[] = [];

beforeAll(async () => {
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString());
      for (const { resource, scopeSpans } of resourceSpans) {
        const [service] = resource.attributes.filter(({ key }: { key: string }) => key === 'service.name');
        for (const span of scopeSpans[0].spans) spans.push({ ...span, service: service.value.stringValue });
      }
      response.writeHead(200).end('{}');
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  t = await startApi({ temporal: true, simulator: { speed: 300 } });
  const settings = { url: `${endpoint}/v1/traces`, headers: {}, service: 'ctp', sampleRatio: 1 };
  tracing = await startTracing({ tracing: settings }, 'api', '1', () => undefined);
  worker = startCampaignWorker(
    {
      DATA_DIR: t.servers.dataDir,
      TEMPORAL_ADDRESS: t.servers.temporalAddress,
      MONGODB_URI: t.servers.mongodbUri,
      EXCHANGE_URL: t.servers.exchangeUrl,
      EXCHANGE_CONTROL_URL: t.servers.controlUrl,
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_SERVICE_NAME: 'ctp',
      DEMO: 'false',
      LOG_LEVEL: 'warn',
    },
    join(t.servers.dataDir, 'worker.log'),
  );
  await worker.ready();
});

afterAll(async () => {
  await worker?.stop();
  await tracing?.close();
  await t?.stop();
  await new Promise((resolve) => receiver.close(resolve));
});

/** From a span up to where its trace begins. */
function path(span: ReceivedSpan): string[] {
  const above = spans.find(({ spanId, traceId }) => spanId === span.parentSpanId && traceId === span.traceId);
  return [...(above ? path(above) : []), `${span.service} ${span.name}`];
}

test('one trace leads from the request through the workflow and its step to the exchange', async () => {
  const { token } = await t.user('tracy@example.org');
  await t.ask('PUT', '/api/config', {
    token,
    body: { tradingMode: 'AGGRESSIVE', timeframe: '1m', tradingInterval: 1 },
  });
  expect((await t.ask('POST', '/api/trading/start', { token, body: {} })).status).toBe(200);
  const status = async () => (await t.ask('GET', '/api/trading/status', { token })).body;
  await eventually(status, ({ cycle }) => cycle >= 3, 60_000);
  expect((await t.ask('POST', '/api/trading/emergency-stop', { token, body: { liquidate: true } })).status).toBe(200);

  const ofEmergency = () =>
    spans
      .filter(({ name, service }) => service === 'ctp-worker' && name.startsWith('exchange '))
      .map(path)
      .filter(([first]) => first === 'ctp-api POST /api/trading/emergency-stop');
  const [found] = await eventually(
    async () => ofEmergency(),
    (paths) => paths.length > 0,
    20_000,
  );
  expect(found).toEqual([
    'ctp-api POST /api/trading/emergency-stop',
    'ctp-worker update emergencyStop',
    expect.stringMatching(/^ctp-worker \w+$/),
    expect.stringMatching(/^ctp-worker exchange \w+$/),
  ]);

  // What a cycle does of its own accord is a trace of its own, the cycle its beginning.
  const ofCycle = () =>
    spans
      .filter(({ name }) => name === 'collectMarketData')
      .map(path)
      .filter((names) => names.length === 2);
  const [cycle] = await eventually(
    async () => ofCycle(),
    (paths) => paths.length > 0,
    20_000,
  );
  expect(cycle).toEqual(['ctp-worker cycle', 'ctp-worker collectMarketData']);
  for (const { startTimeUnixNano, endTimeUnixNano } of spans)
    expect(BigInt(endTimeUnixNano) >= BigInt(startTimeUnixNano)).toBe(true);
});
