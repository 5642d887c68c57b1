import fc from 'fast-check';
import { startApi, type TestApi } from './testApi.js';

type Json = Record<string, unknown>;
type Operation = {
  parameters?: { name: string; in: string; schema: Json }[];
  requestBody?: { content: Record<string, { schema: Json }> };
  responses: Json;
};

let t: TestApi;
let token: string;
beforeAll(async () => {
  t = await startApi({ temporal: true });
  token = (await t.user('fuzz@example.org')).token;
}, 90_000);
afterAll(() => t?.stop());

/** Those that end the sign-in, never end by themselves, or wait for a worker that is not there. */
const LEFT_OUT = /^(\/api\/auth\/logout|\/api\/stream|\/api\/sessions.*|\/api\/trading\/.*|\/api\/users.*|\/metrics)$/;

test('whatever is sent to whatever route: an answer in time, documented, and never a fault of the server', async () => {
  const { paths } = (await t.ask('GET', '/api/openapi.json')).body as {
    paths: Record<string, Record<string, Operation>>;
  };
  const operations = Object.entries(paths)
    .filter(([path]) => !LEFT_OUT.test(path))
    .flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation })));
  expect(operations.length).toBeGreaterThan(35);
  const seen = new Set<number>();
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...operations).chain((one) => fc.tuple(fc.constant(one), requestFor(one.path, one.operation))),
      async ([{ path, method, operation }, { url, body }]) => {
        const answer = await t.ask(method.toUpperCase(), url, { token, body: method === 'get' ? undefined : body });
        seen.add(answer.status);
        const where = `${method} ${path} ${answer.status} ${answer.text.slice(0, 200)}`;
        // Without an exchange and a worker some things are not available; that is an answer, too.
        expect([where, answer.status < 500 || answer.status === 503]).toEqual([where, true]);
        expect([where, String(answer.status) in operation.responses || answer.status === 405]).toEqual([where, true]);
        const type = answer.headers.get('content-type') ?? '';
        if (answer.status >= 400 && path !== '/readyz')
          expect([where, type]).toEqual([where, expect.stringContaining('problem+json')]);
      },
    ),
    { numRuns: 400, seed: 20261123, endOnFailure: true },
  );
  expect([...seen]).toEqual(expect.arrayContaining([200, 422]));
}, 180_000);

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
