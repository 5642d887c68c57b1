/** The body of an `application/problem+json` answer. */
export interface Problem {
  status: number;
  code: string;
  title?: string;
  detail?: string;
  errors?: { path: string; message: string }[];
}

/** Thrown for every answer that is not 2xx; `status` is 0 when the server could not be reached. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(readonly problem: Problem) {
    super(problem.detail ?? problem.title ?? problem.code);
  }
  get status() {
    return this.problem.status;
  }
  get code() {
    return this.problem.code;
  }
}

export type Query = Record<string, string | number | boolean | undefined | null>;

let signedOut: () => void = () => undefined;
/** Called when an answer says that the session is gone. */
export const onSignedOut = (listener: () => void) => {
  signedOut = listener;
};

let limited: () => void = () => undefined;
/** Called when an answer says that something is required of the account first. */
export const onLimited = (listener: () => void) => {
  limited = listener;
};

export const get = <T>(path: string, query?: Query, signal?: AbortSignal) =>
  request<T>('GET', withQuery(path, query), undefined, signal);
export const post = <T>(path: string, body: unknown = {}) => request<T>('POST', path, body);
export const put = <T>(path: string, body: unknown) => request<T>('PUT', path, body);
export const patch = <T>(path: string, body: unknown) => request<T>('PATCH', path, body);
export const remove = <T>(path: string, body?: unknown) => request<T>('DELETE', path, body);

/** A collection as CSV, to be saved as a file. */
export async function getCsv(path: string, query?: Query): Promise<Blob> {
  const response = await send(withQuery(path, query), { headers: { accept: 'text/csv' } });
  if (!response.ok) throw new ApiError(await problemOf(response));
  return response.blob();
}

/** The session is gone: the page goes back to sign-in. */
export const sessionEnded = () => signedOut();

async function request<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const response = await send(path, {
    method,
    signal,
    headers: { accept: 'application/json', ...(method === 'GET' ? {} : writeHeaders(body)) },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
  const problem = await problemOf(response);
  if (problem.status === 401 && !path.startsWith('/api/auth/')) signedOut();
  if (problem.status === 403 && /_REQUIRED$/.test(problem.code)) limited();
  throw new ApiError(problem);
}

async function send(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, { ...init, credentials: 'same-origin', cache: 'no-store' });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError({ status: 0, code: 'UNREACHABLE' });
  }
}

/** The session's cookie is HttpOnly; a second, readable cookie is sent back as a header, which no other site can do. */
function writeHeaders(body: unknown): Record<string, string> {
  const token = csrfToken();
  return {
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(token ? { 'x-csrf-token': decodeURIComponent(token) } : {}),
  };
}

const csrfToken = () => /(?:^|;\s*)(?:__Host-)?csrf=([^;]*)/.exec(document.cookie)?.[1];

/** Whether this browser has signed in: the cookies come and go together. */
export const hasSession = () => csrfToken() !== undefined;

async function problemOf(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => ({}));
  return { code: 'HTTP_ERROR', ...(body as object), status: response.status };
}

function withQuery(path: string, query: Query = {}): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '');
  return pairs.length === 0
    ? path
    : `${path}?${new URLSearchParams(pairs.map(([key, value]) => [key, String(value)]))}`;
}
