/** Errors as `application/problem+json` (RFC 9457), made in one place from whatever went wrong. */
import { REFUSALS } from '../../workflows/messages.js';

export interface FieldError {
  path: string;
  message: string;
}

/** An answer that is an error. `code` is for programs and stays as it is; `detail` is for people. */
export class Problem extends Error {
  override name = 'Problem';
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly more: { errors?: FieldError[]; headers?: Record<string, string> } = {},
  ) {
    super(detail);
  }
}

export const notFound = (what = 'There is nothing here.') => new Problem(404, 'NOT_FOUND', what);
export const conflict = (detail: string, code = 'STATE_CONFLICT') => new Problem(409, code, detail);
export const invalid = (errors: FieldError[]) =>
  new Problem(422, 'VALIDATION_FAILED', `Wrong: ${errors.map(({ path }) => path || 'the whole').join(', ')}.`, {
    errors,
  });
/** @throws what `invalid` makes, where there is anything wrong */
export function refuse(wrong: FieldError[]): void {
  if (wrong.length > 0) throw invalid(wrong);
}
export const unavailable = (code: string, detail: string) =>
  new Problem(503, code, detail, { headers: { 'retry-after': '2' } });

const TITLES: Record<number, string> = {
  400: 'The request cannot be read',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'The present state forbids this',
  413: 'The request is too large',
  415: 'The body is not JSON',
  421: 'Addressed to another host',
  422: 'Some values are wrong',
  429: 'Too many requests',
  500: 'Something went wrong here',
  503: 'Not available right now',
};

export function problemBody(problem: Problem, requestId: string) {
  const { status, code, detail, more } = problem;
  const title = TITLES[status] ?? 'Error';
  return {
    type: 'about:blank',
    title,
    status,
    code,
    detail,
    ...(more.errors ? { errors: more.errors } : {}),
    requestId,
  };
}

/** What a caller is told of an error; anything that is not understood is a 500 that tells nothing. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const { name = '', code, status, type } = (error ?? {}) as Record<'name' | 'code' | 'status' | 'type', never>;
  return (
    bodyProblem(type, status) ??
    refusalProblem(error) ??
    (isDatabaseDown(String(name)) ? unavailable('DATABASE_UNAVAILABLE', 'The database does not answer.') : null) ??
    (isTemporalDown(code, String(name)) || isStuck(error)
      ? unavailable('ENGINE_UNAVAILABLE', 'The trading engine does not answer.')
      : null) ??
    exchangeProblem(String(name)) ??
    mailProblem(error) ??
    new Problem(500, 'INTERNAL_ERROR', 'This is a fault of the server; it was logged under the requestId.')
  );
}

/** What express and its body parser throw. */
function bodyProblem(type: unknown, status: unknown): Problem | null {
  if (type === 'entity.parse.failed') return new Problem(400, 'MALFORMED_JSON', 'The body is no valid JSON.');
  if (type === 'entity.too.large') return new Problem(413, 'BODY_TOO_LARGE', 'The body is larger than 100 kB.');
  if (type === 'charset.unsupported' || type === 'encoding.unsupported')
    return new Problem(415, 'UNSUPPORTED_BODY', 'The body must be JSON in UTF-8.');
  if (typeof status === 'number' && status >= 400 && status < 500)
    return new Problem(400, 'MALFORMED_REQUEST', 'The request cannot be read.');
  return null;
}

const MOST_WRAPPINGS = 6;

/** The error and what it was made from, outermost first. */
function* causesOf(error: unknown): Generator<Error> {
  for (let cause = error, depth = 0; cause instanceof Error && depth < MOST_WRAPPINGS; depth++) {
    yield cause;
    cause = cause.cause;
  }
}

/** A refusal by the workflow, under however many wrappings. */
function refusalProblem(error: unknown): Problem | null {
  for (const cause of causesOf(error)) {
    const { type } = cause as { type?: unknown };
    if (type === REFUSALS.notFound) return notFound(cause.message);
    if (type === REFUSALS.conflict || type === REFUSALS.fleet || type === 'LIVE_NOT_READY')
      return conflict(cause.message, String(type));
  }
  return null;
}

const DATABASE_DOWN =
  /^(MongoServerSelectionError|MongooseServerSelectionError|MongoNetworkError|MongoNetworkTimeoutError|MongoNotConnectedError|MongoPoolClearedError|MongoPoolClosedError|MongoTopologyClosedError|MongoExpiredSessionError|MongoOperationTimeoutError|PoolClearedOnNetworkError|MongoWaitQueueTimeoutError|MongoClientClosedError|DisconnectedError)$/;
const isDatabaseDown = (name: string): boolean => DATABASE_DOWN.test(name);

/** gRPC's CANCELLED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, UNAVAILABLE. */
const GRPC_DOWN: readonly unknown[] = [1, 4, 8, 14];
const isTemporalDown = (code: unknown, name: string): boolean =>
  GRPC_DOWN.includes(code) || name === 'WorkflowUpdateRPCTimeoutOrCancelledError' || name === 'QueryRejectedError';

/** Its last task failed, which a worker repeats until it succeeds: this cannot be answered now. */
function isStuck(error: unknown): boolean {
  return [...causesOf(error)].some(({ message, details = '' }: Error & { details?: unknown }) =>
    /Workflow Task in failed state/i.test(`${message} ${details}`),
  );
}

const EXCHANGE_DOWN = /^(ExchangeUnavailable|RateLimited|BadExchangeAnswer)$/;
function exchangeProblem(name: string): Problem | null {
  if (EXCHANGE_DOWN.test(name)) return unavailable('EXCHANGE_UNAVAILABLE', 'The exchange does not answer.');
  if (name === 'NotSupportedByVenue') return unavailable('NOT_SERVED_HERE', 'This installation has no such exchange.');
  return null;
}

/** A code that could not be sent: whoever asked can ask again, or has to give another address. */
function mailProblem(error: unknown): Problem | null {
  const { name, message, options } = (error ?? {}) as {
    name?: string;
    message?: string;
    options?: { permanent?: boolean };
  };
  if (name !== 'ChannelFailure') return null;
  return options?.permanent
    ? conflict(`The mail was not taken: ${message}.`, 'MAIL_REFUSED')
    : unavailable('MAIL_UNAVAILABLE', `The mail could not be sent: ${message}.`);
}
