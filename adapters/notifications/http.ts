import { ChannelFailure } from './channel.js';

export interface HttpAnswer {
  status: number;
  headers: Headers;
  /** The first 16 kB of the body. */
  body: string;
}

/**
 * One POST of JSON with a deadline that covers the body, no redirects (they could lead a secret anywhere) and a bound
 * on what is read. `giveUp` ends it early. Throws ChannelFailure without the address in it, for the address is itself a secret.
 */
export async function postJson(
  url: string,
  payload: unknown,
  deadlineMs: number,
  giveUp: AbortController = new AbortController(),
): Promise<HttpAnswer> {
  const timer = setTimeout(() => giveUp.abort(), deadlineMs);
  const { signal } = giveUp;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'crypto-trader-pro' },
      body: JSON.stringify(payload),
      redirect: 'manual',
      signal,
    });
    return { status: response.status, headers: response.headers, body: await bounded(response) };
  } catch (error) {
    if (signal.aborted) throw new ChannelFailure(`no answer within ${deadlineMs / 1000} s`, { uncertain: true });
    const code = causeCode(error);
    if (NOT_CONNECTED.has(code)) throw new ChannelFailure(`could not be reached (${code})`);
    throw new ChannelFailure(`could not be reached (${code})`, { uncertain: true });
  } finally {
    clearTimeout(timer);
  }
}

async function bounded(response: Response): Promise<string> {
  if (!response.body) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= LONGEST_BODY) break; // leaving the loop cancels the stream
  }
  return Buffer.concat(chunks).subarray(0, LONGEST_BODY).toString('utf8');
}

const LONGEST_BODY = 16_384;

/** Nothing was sent; any other break may have come after the service had taken the message. */
const NOT_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** ECONNREFUSED and the like; fetch hides it under `cause`. */
function causeCode(error: unknown): string {
  const cause = (error as { cause?: { code?: unknown } }).cause;
  return typeof cause?.code === 'string' ? cause.code : 'connection error';
}

/** Seconds in a Retry-After header or a `retry_after` field as ms, at most an hour; undefined where there is none. */
export function retryAfterMs(seconds: unknown): number | undefined {
  const value = typeof seconds === 'string' && seconds.trim() !== '' ? Number(seconds) : seconds;
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) return undefined;
  return Math.min(3_600_000, Math.ceil(value * 1000));
}

/** A field of a JSON body, undefined where the body is no such object. */
export function jsonField(body: string, ...path: string[]): unknown {
  try {
    return path.reduce<unknown>(
      (at, key) => (typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[key] : undefined),
      JSON.parse(body),
    );
  } catch {
    return undefined;
  }
}
