import { join } from 'node:path';
import fc from 'fast-check';
import { buildWorkflowsOnce } from '../../../commands/campaign/build.js';
import { workerEnvironment } from '../../../commands/campaign/stand.js';
import { type CampaignWorker, startCampaignWorker } from '../../../commands/campaign/worker.js';
import { type MailServer, startMailServer } from '../../../commands/notifications/receivers.js';
import { MASTER_KEY, startApi, type TestApi } from './testApi.js';

type Json = Record<string, unknown>;
type Operation = {
  parameters?: { name: string; in: string; schema: Json }[];
  requestBody?: { content: Record<string, { schema: Json }> };
  responses: Json;
};

let t: TestApi;
let mail: MailServer;
let worker: CampaignWorker;
/** By role; nobody has none. */
let tokens: Record<'nobody' | 'user' | 'administrator', string | null>;
beforeAll(async () => {
  await buildWorkflowsOnce();
  mail = await startMailServer();
  t = await startApi({ temporal: true, simulator: true }, { smtpUrl: mail.url });
  const env = { ...workerEnvironment(t.servers), MASTER_KEY };
  worker = startCampaignWorker(env, join(t.servers.dataDir, 'worker.log'));
  const { token } = await t.user('fuzz@example.org');
  tokens = { nobody: null, user: token, administrator: t.adminToken };
  await worker.ready();
}, 90_000);
afterAll(async () => {
  await worker?.stop();
  await t?.stop();
  await mail?.close();
});

/** Those that end the sign-in, or never end by themselves. */
const LEFT_OUT = /^(\/api\/auth\/logout|\/api\/stream|\/metrics)$/;

test('whatever is sent to whatever route: an answer in time, documented, and never a fault of the server', async () => {
  const { paths } = (await t.ask('GET', '/api/openapi.json')).body as {
    paths: Record<string, Record<string, Operation>>;
  };
  const operations = Object.entries(paths)
    .filter(([path]) => !LEFT_OUT.test(path))
    .flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation })));
  expect(operations.length).toBeGreaterThan(50);
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      role,
      fc.constantFrom(...operations).chain((one) => fc.tuple(fc.constant(one), requestFor(one.path, one.operation))),
      async (who, [{ path, method, operation }, { url, body }]) => {
        const given = { token: tokens[who], body: method === 'get' ? undefined : body };
        const answer = await t.ask(method.toUpperCase(), url, given);
        seen.add(`${who} ${answer.status}`);
        const where = `${who} ${method} ${path} ${answer.status} ${answer.text.slice(0, 200)}`;
        expect([where, answer.status < 500]).toEqual([where, true]);
        expect([where, String(answer.status) in operation.responses || answer.status === 405]).toEqual([where, true]);
        const type = answer.headers.get('content-type') ?? '';
        if (answer.status >= 400 && path !== '/readyz')
          expect([where, type]).toEqual([where, expect.stringContaining('problem+json')]);
      },
    ),
    { numRuns: 300, seed: 20261123, endOnFailure: true },
  );
  for (const who of ['user', 'administrator'])
    expect([...seen]).toEqual(expect.arrayContaining([`${who} 200`, `${who} 422`]));
  expect([...seen]).toEqual(expect.arrayContaining(['nobody 401', 'user 403']));
}, 180_000);

/** Nobody's requests end at the door. */
const role = fc.oneof(
  { weight: 1, arbitrary: fc.constant('nobody' as const) },
  { weight: 4, arbitrary: fc.constantFrom('user' as const, 'administrator' as const) },
);
const NASTY = fc.constantFrom<unknown>(
  '',
  '\u0000',
  '$where',
  '{"$gt":""}',
  '__proto__',
  -1,
  0,
  1e308,
  '9'.repeat(300),
  null,
  [],
  {},
  true,
  '../../etc/passwd',
  "'; drop",
  '%00',
  '한글',
  '\ud800',
);
const anything = fc.oneof(NASTY, fc.string(), fc.integer(), fc.double(), fc.jsonValue());

function requestFor(
  path: string,
  { parameters = [], requestBody }: Operation,
): fc.Arbitrary<{ url: string; body: unknown }> {
  const query = parameters.filter((one) => one.in === 'query');
  const schema = requestBody?.content['application/json']?.schema;
  return fc
    .record({
      id: fc.oneof(fc.constantFrom('x', '..', '%', '\u0000', 'a'.repeat(250)), fc.string({ minLength: 1 })),
      query: fc.record(
        Object.fromEntries(query.map(({ name, schema: type }) => [name, fc.oneof(valueFor(type), NASTY.map(String))])),
        { requiredKeys: [] },
      ),
      body: schema ? fc.oneof({ weight: 3, arbitrary: valueFor(schema) }, anything) : fc.constant(undefined),
    })
    .map(({ id, query: given, body }) => {
      const text = new URLSearchParams(Object.entries(given).map(([name, value]) => [name, String(value)])).toString();
      const place = path.replace(/\{\w+\}/g, encodeURIComponent(Buffer.from(id).toString('utf8')));
      return { url: text ? `${place}?${text}` : place, body };
    });
}

/** Mostly what a schema describes, with now and then anything in place of a part of it. */
function valueFor(schema: Json): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 4, arbitrary: described(schema) }, { weight: 1, arbitrary: anything });
}

function described(schema: Json): fc.Arbitrary<unknown> {
  if (schema['const'] !== undefined) return fc.constant(schema['const']);
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as unknown[]));
  const union = (schema['anyOf'] ?? schema['oneOf']) as Json[] | undefined;
  if (union) return fc.oneof(...union.map(valueFor));
  if (schema['examples']) return fc.constantFrom(...(schema['examples'] as unknown[]));
  switch (schema['type']) {
    case 'object': {
      const properties = (schema['properties'] ?? {}) as Record<string, Json>;
      return fc.record(Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, valueFor(one)])), {
        requiredKeys: [],
      });
    }
    case 'array':
      return fc.array(valueFor((schema['items'] ?? {}) as Json), { maxLength: 4 });
    case 'integer':
      return fc.integer({ min: Number(schema['minimum'] ?? -5), max: Math.min(1e9, Number(schema['maximum'] ?? 1e6)) });
    case 'number':
      return fc.double({ min: -1, max: 100, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'string':
      return fc.string();
    default:
      return anything;
  }
}
