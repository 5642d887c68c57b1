import type { ServerResponse } from 'node:http';
import type { Answer } from '../rest/server.js';
import type { FaultDesk, FaultTarget } from './desk.js';
import type { Fault, FaultKind } from './kinds.js';

/** What is to happen to one request. */
export interface RequestPlan {
  /** Held back before it reaches the matching engine, ms. */
  holdMs: number;
  /** Whether it reaches the engine at all. */
  executed: boolean;
  /** The answer is held back, ms. */
  slowMs: number;
  /** No answer comes; how the client notices. */
  vanish: 'reset' | 'hang' | null;
  /** Another answer instead of the real one. */
  replacement: Answer | null;
  /** The real answer, damaged. */
  spoil: Extract<FaultKind, 'html' | 'empty' | 'malformed' | 'cut' | 'stalled'> | null;
}

const REQUEST_KINDS: readonly FaultKind[] = [
  'maintenance',
  '418',
  '429',
  'request-lost',
  'answer-lost',
  'late-arrival',
  '-1007',
  '5xx',
  '503',
  'html',
  'empty',
  'malformed',
  'cut',
  'stalled',
  'reset',
];

/** Draws the fate of one request. A `slow` fault may come on top of another one. */
export function planFor(desk: FaultDesk, target: FaultTarget, realNow: () => number): RequestPlan {
  const plan: RequestPlan = {
    holdMs: 0,
    executed: true,
    slowMs: desk.draw(target, ['slow'])?.delayMs ?? 0,
    vanish: null,
    replacement: null,
    spoil: null,
  };
  const fault = desk.draw(target, REQUEST_KINDS);
  return fault ? apply(plan, fault, desk, realNow) : plan;
}

function apply(plan: RequestPlan, fault: Fault, desk: FaultDesk, realNow: () => number): RequestPlan {
  const drawn = () => fault.executed ?? desk.random() < 0.5;
  const gone = (): Partial<RequestPlan> =>
    fault.seen === '-1007' ? { replacement: unknownOutcome() } : { vanish: fault.seen };
  switch (fault.kind) {
    case 'request-lost':
      return { ...plan, executed: false, ...gone() };
    case 'answer-lost':
      return { ...plan, executed: true, ...gone() };
    case 'late-arrival':
      return { ...plan, holdMs: fault.delayMs };
    case 'reset':
      return { ...plan, executed: drawn(), vanish: 'reset' };
    case '-1007':
      return { ...plan, executed: drawn(), replacement: unknownOutcome() };
    case '5xx':
      return {
        ...plan,
        executed: drawn(),
        replacement: json(fault.status, -1000, 'An unknown error occurred while processing the request.'),
      };
    case '503':
      return {
        ...plan,
        executed: drawn(),
        replacement: json(503, -1000, 'Unknown error, please check your request or try again later.'),
      };
    case 'maintenance':
      return { ...plan, executed: false, replacement: json(503, -1016, 'This service is no longer available.') };
    case '429':
      return {
        ...plan,
        executed: false,
        replacement: limited(429, 'Too many requests; please use the websocket for live updates.', fault.retryAfter),
      };
    case '418': {
      const until = realNow() + fault.retryAfter * 1_000;
      return {
        ...plan,
        executed: false,
        replacement: limited(
          418,
          `Way too many requests; IP banned until ${until}. Please use the websocket for live updates to avoid bans.`,
          fault.retryAfter,
        ),
      };
    }
    case 'html':
    case 'empty':
    case 'malformed':
    case 'cut':
    case 'stalled':
      return { ...plan, executed: fault.executed ?? true, spoil: fault.kind };
    default:
      return plan;
  }
}

const json = (status: number, code: number, msg: string): Answer => ({
  status,
  body: JSON.stringify({ code, msg }),
  headers: {},
});
const unknownOutcome = () =>
  json(504, -1007, 'Timeout waiting for response from backend server. Send status unknown; execution status unknown.');
const limited = (status: number, msg: string, retryAfter: number): Answer => ({
  ...json(status, -1003, msg),
  headers: { 'retry-after': String(retryAfter) },
});

/** No answer: the connection is reset, or stays open and silent until the client gives up. */
export function vanish(response: ServerResponse, how: 'reset' | 'hang'): void {
  if (how === 'reset') response.socket?.resetAndDestroy();
}

const HTML =
  '<html><head><title>504 Gateway Time-out</title></head><body><center><h1>504 Gateway Time-out</h1></center></body></html>';

/** Sends the answer with status 200 and a body that no client can use. */
export function spoil(response: ServerResponse, how: NonNullable<RequestPlan['spoil']>, answer: Answer): void {
  if (response.destroyed) return;
  const whole = Buffer.from(answer.body);
  const half = whole.subarray(0, Math.max(1, whole.length >> 1));
  const head = (length: number, type = 'application/json;charset=UTF-8') =>
    response.writeHead(answer.status, { 'content-type': type, 'content-length': length, ...answer.headers });
  if (how === 'html') {
    head(HTML.length, 'text/html');
    response.end(HTML);
  } else if (how === 'empty') {
    head(0);
    response.end();
  } else if (how === 'malformed') {
    head(half.length);
    response.end(half);
  } else {
    head(whole.length);
    response.write(half, () => {
      if (how === 'cut') response.socket?.destroy();
    });
  }
}
