/** What the exchange's wire does during a campaign: lists for the simulator's fault desk. */

const SENDING = ['POST /api/v3/order', 'POST /api/v3/orderList/oco', 'DELETE /api/v3/order*'];

/** Everything that can go wrong at the wire, at once. */
export const FAULT_MIX: object[] = [
  ...SENDING.flatMap((endpoint) => [
    { endpoint, kind: 'request-lost', probability: 0.03 },
    { endpoint, kind: 'request-lost', probability: 0.002, seen: 'hang' },
    { endpoint, kind: 'answer-lost', probability: 0.04 },
    { endpoint, kind: 'answer-lost', probability: 0.002, seen: 'hang' },
    { endpoint, kind: 'late-arrival', probability: 0.02, delayMs: 1_500 },
    { endpoint, kind: 'late-arrival', probability: 0.01, delayMs: 6_000 },
    { endpoint, kind: '-1007', probability: 0.02 },
    { endpoint, kind: '5xx', probability: 0.01 },
    { endpoint, kind: '503', probability: 0.01 },
    { endpoint, kind: 'html', probability: 0.01 },
    { endpoint, kind: 'empty', probability: 0.01 },
    { endpoint, kind: 'malformed', probability: 0.01 },
    { endpoint, kind: 'cut', probability: 0.01 },
    { endpoint, kind: 'stalled', probability: 0.003 },
    { endpoint, kind: 'reset', probability: 0.02 },
    { endpoint, kind: 'slow', probability: 0.02, delayMs: 1_000 },
  ]),
  { endpoint: 'GET /api/v3/*', kind: 'lagging-reads', probability: 0.05, delayMs: 800 },
  { endpoint: 'GET /api/v3/*', kind: 'reset', probability: 0.01 },
  { endpoint: 'GET /api/v3/*', kind: '5xx', probability: 0.01 },
  { endpoint: 'GET /api/v3/*', kind: 'html', probability: 0.005 },
  { endpoint: 'GET /api/v3/*', kind: 'stalled', probability: 0.0005 },
  { endpoint: '*', kind: '429', probability: 0.001, retryAfter: 1 },
  { endpoint: '*', kind: '418', probability: 0.0001, retryAfter: 2 },
  { endpoint: '*', kind: 'clock-skew', probability: 0.01, skewMs: 400 },
  { endpoint: 'matching', kind: 'partial-fills', probability: 0.05, fraction: 0.6 },
  { endpoint: 'stream:user', kind: 'drop-events', probability: 0.05 },
  { endpoint: 'stream:user', kind: 'duplicate-events', probability: 0.05 },
  { endpoint: 'stream:user', kind: 'reorder-events', probability: 0.05 },
  { endpoint: 'stream:user', kind: 'disconnect', probability: 0.001 },
];

/** Answers that are lost while reads lag: what a resend after one query turns into double orders. */
export const DOUBLING_MIX: object[] = [
  ...SENDING.slice(0, 2).map((endpoint) => ({ endpoint, kind: 'answer-lost', probability: 0.4 })),
  { endpoint: 'GET /api/v3/order', kind: 'lagging-reads', probability: 0.9, delayMs: 600 },
];
