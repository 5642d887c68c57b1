/**
 * The codec server of Temporal's Web UI and CLI: it decrypts (and, for what somebody types there, encrypts) payloads.
 * Answered to administrators only. A browser's page is answered where it is the Web UI of TEMPORAL_UI_URL and nobody
 * else; a program comes with an API token, such as `temporal --codec-endpoint URL/codec --codec-auth "Bearer …"`.
 */
import type { Payload, PayloadCodec } from '@temporalio/common';
import express, { type Request, type RequestHandler, type Router } from 'express';
import { z } from 'zod';
import { PayloadUnreadable } from '../adapters/temporal/codec.js';
import type { Identify } from './auth/identify.js';
import { invalid, Problem } from './http/problem.js';

export interface CodecParts {
  codec: PayloadCodec;
  /** The Web UI's origin, such as http://127.0.0.1:8233; null: no page is answered. */
  uiOrigin: string | null;
  identify: Identify;
}

/** A page of a history in the Web UI brings its payloads in one request. */
const LIMIT = '5mb';

const base64 = z.base64().default('');
const body = z.strictObject({
  payloads: z.array(z.strictObject({ metadata: z.record(z.string(), base64).default({}), data: base64 })).max(10_000),
});

export function codecRoutes({ codec, uiOrigin, identify }: CodecParts): Router {
  const router = express.Router();
  router.use(cors(uiOrigin));
  router.use(express.json({ limit: LIMIT, type: '*/*' }));
  const answer =
    (work: PayloadCodec['encode']): RequestHandler =>
    async (request, response) => {
      await identify(request, { access: 'admin', otherOrigin: true });
      const parsed = body.safeParse(request.body);
      if (!parsed.success)
        throw invalid(parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })));
      const payloads = await work(parsed.data.payloads.map(fromJson)).catch(unreadable);
      response.setHeader('cache-control', 'no-store');
      response.json({ payloads: payloads.map(toJson) });
    };
  router.post(
    '/decode',
    answer((payloads) => codec.decode(payloads)),
  );
  router.post(
    '/encode',
    answer((payloads) => codec.encode(payloads)),
  );
  return router;
}

/** Origins are compared whole: neither a look-alike's beginning nor `null` gets through. */
function cors(uiOrigin: string | null): RequestHandler {
  return (request, response, next) => {
    const { origin } = request.headers;
    response.setHeader('vary', 'Origin');
    if (origin !== undefined) {
      if (origin !== uiOrigin)
        throw new Problem(403, 'WRONG_ORIGIN', 'Only pages of TEMPORAL_UI_URL may ask for payloads.');
      response.setHeader('access-control-allow-origin', origin);
      response.setHeader('access-control-allow-credentials', 'true');
    } else if (fromElsewhere(request)) throw new Problem(403, 'WRONG_ORIGIN', 'Requests from other sites are refused.');
    if (request.method !== 'OPTIONS') return next();
    response.setHeader('access-control-allow-methods', 'POST');
    response.setHeader('access-control-allow-headers', 'content-type,x-namespace,authorization,caller-type');
    response.setHeader('access-control-max-age', '600');
    response.status(204).end();
  };
}

const fromElsewhere = ({ headers }: Request): boolean =>
  headers['sec-fetch-site'] !== undefined && headers['sec-fetch-site'] !== 'none';

interface JsonPayload {
  metadata: Record<string, string>;
  data: string;
}

const fromJson = ({ metadata, data }: JsonPayload): Payload => ({
  metadata: Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, Buffer.from(value, 'base64')])),
  data: Buffer.from(data, 'base64'),
});

const toJson = ({ metadata, data }: Payload): JsonPayload => ({
  metadata: Object.fromEntries(
    Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString('base64')]),
  ),
  data: Buffer.from(data ?? []).toString('base64'),
});

function unreadable(error: unknown): never {
  if (error instanceof PayloadUnreadable) throw new Problem(422, 'PAYLOAD_UNREADABLE', error.message);
  throw error;
}
