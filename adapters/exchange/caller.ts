import type { z } from 'zod';
import { type ApiName, type CallTrace, type CcxtBinance, callTrace, type HttpMethod } from './ccxtClient.js';
import type { ExchangeClock } from './clock.js';
import { toExchangeError } from './errorMapping.js';
import { BadExchangeAnswer, ClockSkew, type ExchangeError, type ExchangeErrorKind } from './errors.js';
import type { HealthWindow } from './health.js';
import type { Limiter } from './limiter.js';
import type { Fence } from './port.js';
import { traced } from '../tracing/trace.js';
import { priorityOr } from './priority.js';
import type { Priority } from './weightBudget.js';

/** One request, described as data. */
export interface CallSpec<T> {
  /** The port's function, for errors and logs. */
  call: string;
  method: HttpMethod;
  api: ApiName;
  path: string;
  params: Record<string, unknown>;
  schema: z.ZodType<T>;
  /** What the answer must be beside well formed, such as the order that was asked for. A new schema a call would cost more than the call. */
  about?(answer: T): boolean;
  /** Request weight; see docs/EXCHANGE.md. */
  weight: number;
  priority: Priority;
  /** Its answer says how much weight there is, and nobody knows that yet. */
  tellsLimit?: boolean;
  /** Hard limit from the sending to the last byte of the body, ms. */
  deadlineMs?: number;
  /** A placement: the fence's timestamp and recvWindow are signed as they are, and an error means outcome unknown. */
  fence?: Fence;
  /** A cancel: its outcome can be unknown too. */
  cancel?: boolean;
  /** recvWindow of other signed calls, ms. */
  recvWindow?: number;
}

export interface CallerParts {
  limiter: Limiter;
  clock: ExchangeClock;
  health: HealthWindow;
}

export type Caller = <T>(client: CcxtBinance, spec: CallSpec<T>) => Promise<T>;

const DEADLINE_MS = 8_000;
const ORDER_DEADLINE_MS = 4_000;
const AFTER_FENCE_MS = 1_000;
const RECV_WINDOW_MS = 5_000;
/** How long a request may stand in the limiter's queue before it is refused. */
const MAX_WAIT_MS: Readonly<Record<Priority, number>> = {
  emergency: 65_000,
  bare: 20_000,
  orders: 20_000,
  account: 15_000,
  market: 10_000,
  views: 3_000,
};

/** A 429 of one account's order count: no reason to stop the other users of the address. */
const TOO_MANY_ORDERS = -1015;

/** Faults of the connection or the server; the other kinds are answers. */
const FAULTS: ReadonlySet<ExchangeErrorKind> = new Set([
  'ExchangeUnavailable',
  'OrderOutcomeUnknown',
  'BadExchangeAnswer',
  'RateLimited',
]);

/**
 * The one way to the exchange: waits for weight, keeps the fence, sends through ccxt under a hard deadline, checks the
 * answer, keeps the books of health and weight, and throws only the classes of ./errors.ts.
 */
export function createCaller({ limiter, clock, health }: CallerParts): Caller {
  return (client, spec) => {
    const attributes = { 'http.request.method': spec.method, 'url.path': spec.path, 'exchange.weight': spec.weight };
    return traced(`exchange ${spec.call}`, { kind: 'client', attributes, describe: kindOf }, () => call(client, spec));
  };

  async function call<T>(client: CcxtBinance, spec: CallSpec<T>): Promise<T> {
    const priority = priorityOr(spec.priority);
    await limiter.acquire(spec.weight, priority, maxWait(spec, priority), spec.call, spec.tellsLimit);
    const deadline = new AbortController();
    const limitMs = limitOf(spec);
    const timer = setTimeout(() => deadline.abort(new DOMException(`${limitMs} ms`, 'TimeoutError')), limitMs);
    const trace: CallTrace = { signal: deadline.signal };
    const started = performance.now();
    let failure: ExchangeError | undefined;
    let sent = false;
    try {
      if (spec.fence) refuseAfter(spec.fence, spec.call);
      if (spec.api !== 'public') await keepTime(client, spec);
      sent = true;
      const answer = await callTrace.run(trace, () => withDeadline(send(client, spec), trace.signal));
      return validated(spec, answer);
    } catch (error) {
      failure = toExchangeError(error, {
        call: spec.call,
        placement: spec.fence !== undefined || spec.cancel === true,
        cancel: spec.cancel,
        answer: trace.answer ?? bodiless(trace.head),
      });
      if (failure.kind === 'ClockSkew') clock.invalidate();
      throw failure;
    } finally {
      clearTimeout(timer);
      limiter.settle(spec.weight, { ...trace.head, accountOnly: failure?.code === TOO_MANY_ORDERS });
      if (sent) health.record(Date.now(), !failure || !FAULTS.has(failure.kind), performance.now() - started);
    }
  }

  function maxWait(spec: CallSpec<unknown>, priority: Priority): number {
    if (!spec.fence) return MAX_WAIT_MS[priority];
    return Math.min(MAX_WAIT_MS[priority], Math.max(0, fenceEnd(spec.fence) - exchangeNow()));
  }

  /** A placement that waited here past its fence is not worth a request that the exchange must refuse. */
  function refuseAfter(fence: Fence, call: string): void {
    const late = exchangeNow() - fenceEnd(fence);
    if (late < 0) return;
    throw new ClockSkew(`${call}: not sent, its fence ended ${Math.round(late)} ms ago`);
  }

  /** ccxt stamps signed requests with its own clock less `timeDifference`: keep that right. */
  async function keepTime(client: CcxtBinance, spec: CallSpec<unknown>): Promise<void> {
    if (!spec.fence)
      await clock.read().catch((error: unknown) => {
        if (clock.known() === null) throw error; // otherwise what is known is better than no request
      });
    client.options['timeDifference'] = -Math.round(clock.offset());
  }

  function exchangeNow(): number {
    return Date.now() + clock.offset();
  }
}

/**
 * A placement is waited for only a moment longer than the exchange may accept it: afterwards a query answers sooner.
 * Cancels and order queries stand between a holding and its protection.
 */
function limitOf({ fence, deadlineMs, priority }: CallSpec<unknown>): number {
  if (fence) return Math.min(deadlineMs ?? DEADLINE_MS, fence.recvWindow + AFTER_FENCE_MS);
  return deadlineMs ?? (priority === 'orders' ? ORDER_DEADLINE_MS : DEADLINE_MS);
}

const kindOf = (error: unknown): string => (error as Partial<ExchangeError>).kind ?? 'Error';

const fenceEnd = (fence: Fence): number => fence.timestamp + fence.recvWindow;

function send(client: CcxtBinance, spec: CallSpec<unknown>): Promise<unknown> {
  const { api, fence, params, path, method } = spec;
  if (api === 'public') return client.request(path, api, method, { ...params });
  // ccxt's sign() lets params win over its own timestamp: the fence goes out as it was made.
  const signed = fence
    ? { ...params, timestamp: fence.timestamp, recvWindow: fence.recvWindow }
    : { ...params, recvWindow: spec.recvWindow ?? RECV_WINDOW_MS };
  return client.request(path, api, method, signed);
}

/** The signal also destroys the socket; the race is for whatever would not listen to it. */
function withDeadline<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => reject(signal.reason);
    signal.addEventListener('abort', end, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', end));
  });
}

function validated<T>(spec: CallSpec<T>, answer: unknown): T {
  const parsed = spec.schema.safeParse(answer);
  if (parsed.success) {
    if (!spec.about || spec.about(parsed.data)) return parsed.data;
    throw new BadExchangeAnswer(`${spec.call}: the exchange's answer is about another order`);
  }
  const { path, message } = parsed.error.issues[0]!;
  const where = path.length > 0 ? `"${path.join('.')}"` : 'the answer';
  throw new BadExchangeAnswer(`${spec.call}: the exchange's answer is not usable: ${where}: ${message}`);
}

/** A head whose body never came proves something only where the status alone does (429, 418). */
function bodiless(
  head: CallTrace['head'],
): { status: number; headers: Record<string, string>; body: string } | undefined {
  return head && (head.status === 429 || head.status === 418) ? { ...head, body: '' } : undefined;
}
