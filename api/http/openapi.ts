/** The OpenAPI 3.1 document, made from the routes themselves. */
import { z } from 'zod';
import { problem } from '../schemas/common.js';
import type { Route } from './route.js';

type Json = Record<string, unknown>;

export function openApiDocument(routes: readonly Route[], version: string): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Crypto Trader Pro',
      version,
      description:
        'Times are ISO 8601 in UTC, percentages are percent (3.0 is 3 %), prices and money are in the quote asset. ' +
        'Errors are application/problem+json with a `code`.',
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: { Problem: jsonSchema(problem, 'output') },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'The token of a sign-in, or an API token' },
        cookie: { type: 'apiKey', in: 'cookie', name: 'session', description: 'Changes also need x-csrf-token' },
      },
      responses: { Problem: problemResponse, Forbidden: { ...problemResponse, description: FORBIDDEN } },
    },
  };
}

const problemResponse = {
  description: 'An error',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

const FORBIDDEN =
  'Not allowed; with SIGN_IN_POLICY=strict also `PASSWORD_CHANGE_REQUIRED` (an administrator chose the password) and ' +
  '`SECOND_FACTOR_REQUIRED` (none is set up). Operations with `x-open-to-limited` are open until then';

function operation(route: Route): Json {
  const parameters = [...parametersOf(route.params, 'path'), ...parametersOf(route.query, 'query')];
  return {
    tags: [route.tag],
    summary: route.summary,
    operationId: `${route.method}${route.path.replace(/[/:.-]+(\w)?/g, (_, letter: string) => letter?.toUpperCase() ?? '')}`,
    ...(route.access === 'public' ? { security: [] } : { security: [{ bearer: [] }, { cookie: [] }] }),
    'x-access': route.access,
    ...(route.signInOnly ? { 'x-sign-in-only': true } : {}),
    ...(route.openToLimited ? { 'x-open-to-limited': true } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(route.body ? { requestBody: requestBody(route.body) } : {}),
    responses: responsesOf(route),
  };
}

function requestBody(body: z.ZodType): Json {
  const schema = jsonSchema(body, 'input');
  const needed = Array.isArray(schema['required']) && schema['required'].length > 0;
  return {
    required: needed || schema['anyOf'] !== undefined || schema['oneOf'] !== undefined,
    content: { 'application/json': { schema } },
  };
}

function parametersOf(schema: z.ZodType | undefined, place: 'path' | 'query'): Json[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = jsonSchema(schema, 'input') as { properties?: Json; required?: string[] };
  return Object.entries(properties).map(([name, value]) => {
    const { description, ...type } = value as Json;
    const optional = place === 'query' && !required.includes(name);
    return { name, in: place, required: !optional, ...(description ? { description } : {}), schema: type };
  });
}

function responsesOf(route: Route): Json {
  const responses: Json = {};
  for (const [status, schema] of Object.entries(route.answers)) {
    responses[status] =
      schema === problem
        ? { $ref: '#/components/responses/Problem' }
        : { description: DESCRIPTIONS[status] ?? 'Done', ...contentOf(route, schema) };
  }
  const usual = ['400', '422', '429', '503', ...(route.access === 'public' ? [] : ['401', '403'])];
  const byRoute = [...(route.params ? ['404'] : []), ...(route.method === 'get' ? [] : ['409', '413', '415'])];
  for (const status of [...usual, ...byRoute]) responses[status] ??= { $ref: '#/components/responses/Problem' };
  if (route.access !== 'public' && !route.openToLimited)
    responses['403'] = { $ref: '#/components/responses/Forbidden' };
  responses['default'] = { $ref: '#/components/responses/Problem' };
  return responses;
}

const DESCRIPTIONS: Record<string, string> = { 200: 'Done', 201: 'Made', 202: 'Goes on', 204: 'Done, nothing to tell' };

function contentOf(route: Route, schema: z.ZodType | null): Json {
  if (route.produces) return { content: { [route.produces]: { schema: { type: 'string' } } } };
  if (!schema) return {};
  const json = { 'application/json': { schema: jsonSchema(schema, 'output') } };
  return { content: route.csv ? { ...json, 'text/csv': { schema: { type: 'string' } } } : json };
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    reused: 'inline',
  }) as Json;
  return rest;
}
