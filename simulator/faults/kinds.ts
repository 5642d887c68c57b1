/** Wrong input on the control port: says what is wrong and what would be right. */
export class BadControlInput extends Error {
  constructor(
    message: string,
    readonly status: 400 | 404 | 409 | 422 = 422,
  ) {
    super(message);
  }
}

export const FAULT_KINDS = [
  'request-lost',
  'answer-lost',
  'late-arrival',
  'slow',
  '-1007',
  '5xx',
  '503',
  '429',
  '418',
  'html',
  'empty',
  'malformed',
  'cut',
  'stalled',
  'reset',
  'lagging-reads',
  'duplicate-events',
  'reorder-events',
  'drop-events',
  'disconnect',
  'clock-skew',
  'partial-fills',
  'thin-book',
  'maintenance',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export interface Fault {
  kind: FaultKind;
  /** "POST /api/v3/order", "/api/v3/*", "*", "stream:user". */
  endpoint: string;
  probability: number;
  /** How often at most; undefined = without end. */
  count?: number;
  /** Matching requests that pass before the first hit. */
  after: number;
  /** Real time, ms, at which it ends by itself. */
  until?: number;
  account?: string;
  symbol?: string;
  delayMs: number;
  /** Whether the request takes effect although its answer is spoilt; undefined = drawn, half and half. */
  executed?: boolean;
  /** How the client notices a lost request or answer. */
  seen: 'reset' | 'hang' | '-1007';
  retryAfter: number; // s
  status: number;
  skewMs: number;
  fraction: number;
  factor: number;
}

const ALIASES: Record<string, FaultKind> = {
  'lost-request': 'request-lost',
  'drop-request': 'request-lost',
  'lose-request': 'request-lost',
  blackhole: 'request-lost',
  'black-hole': 'request-lost',
  'lost-answer': 'answer-lost',
  'lost-response': 'answer-lost',
  'response-lost': 'answer-lost',
  'lose-answer': 'answer-lost',
  'drop-answer': 'answer-lost',
  'drop-response': 'answer-lost',
  late: 'late-arrival',
  'arrive-late': 'late-arrival',
  'delayed-arrival': 'late-arrival',
  delay: 'slow',
  latency: 'slow',
  delayed: 'slow',
  1007: '-1007',
  timeout: '-1007',
  'unknown-outcome': '-1007',
  'outcome-unknown': '-1007',
  500: '5xx',
  502: '5xx',
  504: '5xx',
  'server-error': '5xx',
  error: '5xx',
  unavailable: '503',
  'service-unavailable': '503',
  'rate-limit': '429',
  'too-many-requests': '429',
  ban: '418',
  banned: '418',
  'ip-ban': '418',
  'html-body': 'html',
  'empty-body': 'empty',
  'cut-body': 'cut',
  truncated: 'cut',
  'truncated-body': 'cut',
  'stalled-body': 'stalled',
  stall: 'stalled',
  'malformed-body': 'malformed',
  garbage: 'malformed',
  'connection-reset': 'reset',
  rst: 'reset',
  'lagging-read': 'lagging-reads',
  'stale-reads': 'lagging-reads',
  lag: 'lagging-reads',
  'duplicated-events': 'duplicate-events',
  'duplicate-event': 'duplicate-events',
  'reordered-events': 'reorder-events',
  'reorder-event': 'reorder-events',
  'missing-events': 'drop-events',
  'dropped-events': 'drop-events',
  'drop-event': 'drop-events',
  'lost-events': 'drop-events',
  'stream-gap': 'drop-events',
  'disconnect-stream': 'disconnect',
  'stream-disconnect': 'disconnect',
  skew: 'clock-skew',
  'partial-fill': 'partial-fills',
  partial: 'partial-fills',
  'thin-order-book': 'thin-book',
  'system-maintenance': 'maintenance',
};
const STREAM_KINDS: readonly FaultKind[] = ['duplicate-events', 'reorder-events', 'drop-events', 'disconnect'];
const FIELDS = [
  'kind',
  'type',
  'endpoint',
  'path',
  'method',
  'probability',
  'count',
  'after',
  'durationMs',
  'account',
  'symbol',
  'delayMs',
  'executed',
  'seen',
  'retryAfter',
  'status',
  'skewMs',
  'fraction',
  'factor',
];

/** Reads a list of faults, one fault, or `{ faults: [...], seed, replace }`. */
export function parseFaults(body: unknown, now: number): { faults: Fault[]; seed?: number; replace: boolean } {
  if (Array.isArray(body)) return { faults: body.map((one, i) => parseFault(one, `[${i}]`, now)), replace: false };
  if (!isObject(body)) throw new BadControlInput('send a list of faults, or { "faults": [...], "seed": 1 }', 400);
  if (!('faults' in body) && !('kind' in body || 'type' in body) && !('seed' in body))
    throw new BadControlInput('a fault needs "kind"; a list goes under "faults"');
  const seed = body.seed === undefined ? undefined : number(body.seed, 'seed', 0, 2 ** 32 - 1);
  if (!('faults' in body)) {
    const { seed: _, ...one } = body;
    return { faults: 'kind' in one || 'type' in one ? [parseFault(one, 'fault', now)] : [], seed, replace: false };
  }
  if (!Array.isArray(body.faults)) throw new BadControlInput('"faults" has to be a list');
  return {
    faults: body.faults.map((one, i) => parseFault(one, `faults[${i}]`, now)),
    seed,
    replace: body.replace === true,
  };
}

function parseFault(one: unknown, where: string, now: number): Fault {
  if (!isObject(one)) throw new BadControlInput(`${where} has to be an object with "kind"`);
  const unknown = Object.keys(one).filter((key) => !FIELDS.includes(key));
  if (unknown.length > 0)
    throw new BadControlInput(`${where}: unknown field ${unknown.join(', ')}; known are ${FIELDS.join(', ')}`);
  const given = String(one.kind ?? one.type ?? '');
  const kind = kindOf(given);
  if (!kind) throw new BadControlInput(`${where}.kind "${given}" is unknown; known are ${FAULT_KINDS.join(', ')}`);
  const optional = (key: string, low: number, high: number) =>
    one[key] === undefined || one[key] === null ? undefined : number(one[key], `${where}.${key}`, low, high);
  const duration = optional('durationMs', 0, 86_400_000_000);
  const status = optional('status', 400, 599);
  return {
    kind,
    endpoint: endpointOf(one, kind),
    probability: optional('probability', 0, 1) ?? 1,
    count: optional('count', 0, 1e9),
    after: optional('after', 0, 1e9) ?? 0,
    until: duration === undefined ? undefined : now + duration,
    account: text(one.account, `${where}.account`),
    symbol: text(one.symbol, `${where}.symbol`)?.replace('/', ''),
    delayMs:
      optional('delayMs', 0, 3_600_000) ?? (kind === 'late-arrival' ? 3_000 : kind === 'lagging-reads' ? 5_000 : 1_000),
    executed: one.executed === undefined ? undefined : boolean(one.executed, `${where}.executed`),
    seen: seenOf(one.seen, `${where}.seen`),
    retryAfter: optional('retryAfter', 0, 259_200) ?? (kind === '418' ? 120 : 5),
    status: status ?? (/^5\d\d$/.test(given) ? Number(given) : 500),
    skewMs: optional('skewMs', -86_400_000, 86_400_000) ?? 5_000,
    fraction: optional('fraction', 0, 1) ?? 0.5,
    factor: optional('factor', 1, 1e9) ?? 10_000,
  };
}

function kindOf(given: string): FaultKind | undefined {
  const name = given
    .trim()
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[\s_]+/g, '-');
  return (FAULT_KINDS as readonly string[]).includes(name) ? (name as FaultKind) : ALIASES[name];
}

function endpointOf(one: Record<string, unknown>, kind: FaultKind): string {
  const given = one.endpoint ?? one.path;
  const method = typeof one.method === 'string' ? `${one.method.toUpperCase()} ` : '';
  if (given === undefined) return method ? `${method}*` : STREAM_KINDS.includes(kind) ? 'stream:*' : '*';
  if (typeof given !== 'string' || given.trim() === '')
    throw new BadControlInput(
      '"endpoint" has to be a text such as "POST /api/v3/order", "/api/v3/*", "*" or "stream:user"',
    );
  const [first, rest] = given.trim().split(/\s+/, 2);
  return rest ? `${first?.toUpperCase()} ${rest}` : `${method}${first}`;
}

function seenOf(value: unknown, where: string): Fault['seen'] {
  if (value === undefined) return 'reset';
  if (value === 'reset' || value === 'hang' || value === '-1007') return value;
  throw new BadControlInput(`${where} has to be "reset", "hang" or "-1007"`);
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function number(value: unknown, where: string, low: number, high: number): number {
  const parsed = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof parsed !== 'number' || !Number.isFinite(parsed) || parsed < low || parsed > high)
    throw new BadControlInput(`${where} has to be a number from ${low} to ${high}, not ${JSON.stringify(value)}`);
  return parsed;
}

export function boolean(value: unknown, where: string): boolean {
  if (typeof value === 'boolean') return value;
  throw new BadControlInput(`${where} has to be true or false, not ${JSON.stringify(value)}`);
}

function text(value: unknown, where: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string' && value !== '') return value;
  throw new BadControlInput(`${where} has to be a text, not ${JSON.stringify(value)}`);
}
