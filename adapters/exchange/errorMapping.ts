import {
  AuthenticationFailed,
  BadExchangeAnswer,
  ClockSkew,
  ExchangeError,
  type ExchangeErrorDetails,
  ExchangeUnavailable,
  InsufficientFunds,
  NotSupportedByVenue,
  OrderImmediatelyTriggers,
  OrderNotKnown,
  OrderOutcomeUnknown,
  OrderRejected,
  RateLimited,
} from './errors.js';

/** The answer as it came over the wire, where one came at all. */
export interface WireAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string;
}

export interface FailedCall {
  /** Name of the port's function, for the message. */
  call: string;
  /** The call could have changed something at the exchange (placements and cancels). */
  placement: boolean;
  /** Of those, the ones that cancel: -2011 is then a definite answer. */
  cancel?: boolean;
  answer?: WireAnswer;
}

/**
 * The one place where an error becomes one of ours. On placements only the codes in `isDefiniteRejection` and the
 * statuses 429 and 418 count as "certainly not done"; whatever else happened (time-out, reset, TypeError of a parser,
 * 5xx, a 200 without an order id) leaves the outcome unknown.
 */
export function toExchangeError(error: unknown, failed: FailedCall): ExchangeError {
  if (error instanceof ExchangeError) return failed.placement ? onPlacement(error, failed) : error;
  const evidence = evidenceOf(error, failed.answer);
  const definite = definiteAnswer(evidence, failed);
  if (definite) return definite;
  const text = `${failed.call}: ${describe(error, evidence)}`;
  const details = detailsOf(evidence);
  if (failed.placement) {
    const duplicate = isDuplicate(evidence);
    return new OrderOutcomeUnknown(`${text}; the outcome is unknown`, { ...details, duplicate });
  }
  if (nameOf(error) === 'NotSupported') return new NotSupportedByVenue(text, details);
  if (evidence.code === undefined && isParserTrouble(error, evidence)) return new BadExchangeAnswer(text, details);
  return new ExchangeUnavailable(text, details);
}

/** Codes that say that a placement was certainly not executed: an allow-list, on purpose. */
export function isDefiniteRejection(code: number, message: string): boolean {
  if (code === -2010) return !/duplicate/i.test(message);
  return [-1013, -1021, -1022, -2014, -2015].includes(code) || (code <= -1100 && code >= -1199);
}

function onPlacement(error: ExchangeError, failed: FailedCall): ExchangeError {
  if (error.kind !== 'BadExchangeAnswer') return error;
  const details = { code: error.code, status: error.status ?? failed.answer?.status };
  return new OrderOutcomeUnknown(`${error.message}; the outcome is unknown`, dropUndefined(details));
}

interface Evidence {
  status?: number;
  code?: number;
  message: string;
  retryAfterMs?: number;
}

function definiteAnswer(evidence: Evidence, { call, placement, cancel }: FailedCall): ExchangeError | null {
  const { status, code, message } = evidence;
  const details = detailsOf(evidence);
  const text = `${call}: ${describeAnswer(evidence)}`;
  if (status === 429 || status === 418) return new RateLimited(text, details);
  // A server in trouble proves nothing, whatever code its body holds.
  if (placement && status !== undefined && status >= 500) return null;
  if (code === undefined) return null;
  if (code === -2011 && (!placement || cancel) && /unknown order/i.test(message))
    return new OrderNotKnown(text, details);
  if (code === -2011 && cancel) return new OrderRejected(text, details);
  if (code === -2013 && !placement) return new OrderNotKnown(text, details);
  if (placement && !isDefiniteRejection(code, message)) return null;
  if (code === -1021) return new ClockSkew(text, details);
  if ([-1002, -1022, -2008, -2014, -2015].includes(code)) return new AuthenticationFailed(text, details);
  if (code === -1003 || code === -1015) return new RateLimited(text, details);
  if (code === -2010 && /insufficient balance/i.test(message)) return new InsufficientFunds(text, details);
  if (code === -2010 && /trigger immediately|immediately match/i.test(message))
    return new OrderImmediatelyTriggers(text, details);
  if (code === -1121 && !placement) return new NotSupportedByVenue(text, details);
  if (code === -2010 || code === -1013 || (code <= -1100 && code >= -1199)) return new OrderRejected(text, details);
  return null;
}

function isDuplicate({ code, message }: Evidence): boolean {
  return (code === undefined || code === -2010) && /duplicate order/i.test(message);
}

/** What is known: from the answer itself where there was one, else from the text that ccxt made of it. */
function evidenceOf(error: unknown, answer?: WireAnswer): Evidence {
  const text = answer ? answer.body : messageOf(error);
  const parsed = parseProblem(text);
  const name = nameOf(error);
  const evidence: Evidence = { message: parsed?.msg ?? (answer ? '' : text) };
  if (!answer) Object.assign(evidence, evidenceFromClass(name, text));
  if (parsed) Object.assign(evidence, { code: parsed.code, message: parsed.msg });
  if (answer) {
    evidence.status = answer.status;
    const seconds = Number(headerOf(answer.headers, 'retry-after'));
    if (Number.isFinite(seconds) && seconds > 0) evidence.retryAfterMs = seconds * 1000;
  }
  return evidence;
}

/** Without the answer at hand: the classes that ccxt makes from nothing but a definite answer. */
function evidenceFromClass(name: string, text: string): Partial<Evidence> {
  if (name === 'DDoSProtection') {
    const status = /\b(429|418)\b/.exec(text)?.[1];
    return status ? { status: Number(status) } : {};
  }
  if (name === 'InvalidNonce' && /timestamp|recvwindow/i.test(text)) return { code: -1021 };
  if (name === 'InsufficientFunds') return { code: -2010, message: 'insufficient balance' };
  if (name === 'OrderImmediatelyFillable') return { code: -2010, message: 'would trigger immediately' };
  return {};
}

function parseProblem(text: string): { code: number; msg: string } | null {
  const start = text.indexOf('{');
  const end = text.lastIndexOf('}');
  if (start < 0 || end <= start) return null;
  try {
    const parsed = JSON.parse(text.slice(start, end + 1)) as { code?: unknown; msg?: unknown };
    if (typeof parsed.code !== 'number' || parsed.code >= 0) return null;
    return { code: parsed.code, msg: typeof parsed.msg === 'string' ? parsed.msg : '' };
  } catch {
    return null;
  }
}

const CONNECTION_CODES = /^(E[A-Z_]+|UND_ERR_[A-Z_]+|HPE_[A-Z_]+)$/;

function isParserTrouble(error: unknown, { status }: Evidence): boolean {
  if (status !== undefined && status >= 400) return false;
  const name = nameOf(error);
  return name === 'TypeError' || name === 'SyntaxError' || name === 'BadResponse' || name === 'NullResponse';
}

/** Says what happened in words that are ours: never the text of ccxt or of a socket, which hold signed URLs. */
function describe(error: unknown, evidence: Evidence): string {
  if (evidence.status !== undefined || evidence.code !== undefined) return describeAnswer(evidence);
  const nodeCode = (error as { code?: unknown } | null)?.code;
  const code = typeof nodeCode === 'string' && CONNECTION_CODES.test(nodeCode) ? `, ${nodeCode}` : '';
  return `no usable answer (${nameOf(error)}${code})`;
}

function describeAnswer({ code, status, message }: Evidence): string {
  const words = cleaned(message);
  const what = code === undefined ? 'an answer without a code' : `${code}${words ? ` "${words}"` : ''}`;
  return `the exchange answered ${what}${status === undefined ? '' : ` (HTTP ${status})`}`;
}

function detailsOf({ code, status, retryAfterMs, message }: Evidence): ExchangeErrorDetails {
  const exchangeMessage = code === undefined ? undefined : cleaned(message) || undefined;
  return dropUndefined({ code, status, retryAfterMs, exchangeMessage });
}

/** The exchange's words without addresses, long tokens (keys, signatures) and control characters. */
export function cleaned(text: string): string {
  return text
    .replace(/\b(?:https?|wss?):\/\/\S+/gi, '[address]')
    .replace(/(signature|apiKey|secret|listenKey|X-MBX-APIKEY)["']?\s*[=:]\s*\S+/gi, '$1=[hidden]')
    .replace(/[A-Za-z0-9+/_-]{40,}/g, '[hidden]')
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, 200);
}

function headerOf(headers: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
function nameOf(error: unknown): string {
  const name = error instanceof Error ? error.name || error.constructor.name : typeof error;
  return /^[A-Za-z]{1,60}$/.test(name) ? name : 'Error';
}

function dropUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as T;
}
