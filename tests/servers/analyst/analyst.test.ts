import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { reasonOf, secondOpinion } from '../../../activities/signals/secondOpinion.js';
import { createAnalyst } from '../../../adapters/analyst/analyst.js';
import { applyAnalyst } from '../../../trading/learning/analystVerdict.js';
import type { MarketSnapshot, Signal } from '../../../trading/types.js';

let server: Server;
let behave: RequestListener;
let received: { headers: Record<string, unknown>; body: string }[] = [];
let url = '';

const answer =
  (content: unknown): RequestListener =>
  (_request, response) => {
    response.end(JSON.stringify({ choices: [{ message: { content: JSON.stringify(content) } }] }));
  };

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += part));
    request.on('end', () => {
      received.push({ headers: request.headers, body });
      behave(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(() => {
  received = [];
});

const ask = (timeoutMs = 10_000) =>
  createAnalyst({ url, model: 'm', apiKey: 'secret', timeoutMs })({ probability: 0.41, rsi: NaN });

test('a veto and a lower confidence are taken, with the reason made printable', async () => {
  behave = answer({ verdict: 'VETO', reason: 'too\u0007 wild' });
  const veto = await ask();
  expect(veto).toMatchObject({ opinion: { verdict: 'VETO', reason: 'too  wild' }, problem: null });
  expect(applyAnalyst(70, veto.opinion)).toBe(0);
  behave = answer({ verdict: 'LOWER', confidence: 41.9, reason: 'thin' });
  expect(applyAnalyst(70, (await ask()).opinion)).toBe(41);
});

test('it never raises a confidence', async () => {
  behave = answer({ verdict: 'LOWER', confidence: 99, reason: 'sure' });
  expect(applyAnalyst(70, (await ask()).opinion)).toBe(70);
  behave = answer({ verdict: 'KEEP', reason: 'fine' });
  expect(applyAnalyst(70, (await ask()).opinion)).toBe(70);
});

test('it is sent finite numbers only, and the key in the header', async () => {
  behave = answer({ verdict: 'KEEP', reason: 'fine' });
  await ask();
  const body = JSON.parse(received[0]!.body) as { messages: { role: string; content: string }[] };
  expect(JSON.parse(body.messages[1]!.content)).toEqual({ probability: 0.41 });
  expect(received[0]!.headers['authorization']).toBe('Bearer secret');
});

test('one that failed three times in a row is left alone for a while', async () => {
  const analyst = createAnalyst({ url, model: 'm', timeoutMs: 5_000, restMs: 300 });
  behave = (_q, response) => void response.writeHead(500).end('no');
  for (let call = 0; call < 3; call++) expect(await analyst({})).toMatchObject({ problem: 'answered 500' });
  const left = await analyst({});
  expect(left).toMatchObject({ opinion: null, problem: 'not asked: it failed too often', milliseconds: 0 });
  expect(received).toHaveLength(3);
  behave = answer({ verdict: 'KEEP', reason: 'back' });
  let again = left;
  while (again.problem?.startsWith('not asked')) again = await analyst({});
  expect(again).toMatchObject({ opinion: { verdict: 'KEEP' }, problem: null });
});

describe('what is kept with a signal', () => {
  const signal = {
    ...{ symbol: 'BTC/USDT', type: 'BUY', confidence: 70, entryPrice: 100, stopLoss: 99, takeProfit: 102 },
    ...{ candleTime: 0, reasons: [], votes: { rsi: 0.5 } },
  } as Signal;
  const snapshot = { price: 100, spreadPct: 0.01, atrPct: 0.3, atrPercentile: 40 } as MarketSnapshot;
  const kept = (of = signal) => secondOpinion({ analyst: createAnalyst({ url, model: 'm' }) }, of, snapshot, 0.12);

  test('is what it was asked, what it said, and what that changed', async () => {
    behave = answer({ verdict: 'LOWER', confidence: 55, reason: 'thin book' });
    const record = (await kept())!;
    expect(record).toMatchObject({ verdict: 'LOWER', reason: 'thin book', problem: null, before: 70, after: 55 });
    expect(record.asked).toEqual({
      ...{ confidence: 70, price: 100, entryPrice: 100, stopLoss: 99, takeProfit: 102 },
      ...{ spreadPct: 0.01, atrPct: 0.3, atrPercentile: 40, rsi: 0.5, probability: 0.12 },
    });
    expect(reasonOf(record)).toEqual(['analyst LOWER: thin book']);
  });

  test('is why nothing came, which changes nothing', async () => {
    behave = (_q, response) => void response.end('<html>');
    const record = (await kept())!;
    expect(record).toMatchObject({ verdict: null, problem: 'answer does not fit the schema', before: 70, after: 70 });
    expect(reasonOf(record)).toEqual([]);
  });

  test('is nothing for a sale: nobody is asked', async () => {
    expect(await kept({ ...signal, type: 'SELL' })).toBeNull();
    expect(received).toHaveLength(0);
  });
});

const misbehaviours: [string, RequestListener, string][] = [
  ['hangs', () => undefined, 'too slow'],
  ['sends the head and never the body', (_q, response) => void response.write('{"choices":'), 'too slow'],
  ['cuts the connection', (request) => void request.socket.destroy(), 'not reachable'],
  ['answers 500', (_q, response) => void response.writeHead(500).end('no'), 'answered 500'],
  [
    'redirects',
    (_q, response) => void response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
    'not reachable',
  ],
  ['answers HTML', (_q, response) => void response.end('<html>'), 'answer does not fit the schema'],
  ['answers prose', answer('looks great, buy more'), 'answer does not fit the schema'],
  ['wants to size the trade', answer({ verdict: 'KEEP', reason: 'x', quantity: 5 }), 'answer does not fit the schema'],
  [
    'raises under another name',
    answer({ verdict: 'RAISE', confidence: 99, reason: 'x' }),
    'answer does not fit the schema',
  ],
  [
    'answers endlessly',
    (_q, response) => void response.end(`"${'x'.repeat(200_000)}"`),
    'answer of more than 65536 bytes',
  ],
];
test.each(misbehaviours)('one that %s changes nothing', async (_what, how, problem) => {
  behave = how;
  const call = await ask(400);
  expect(call).toMatchObject({ opinion: null, problem });
  expect(call.milliseconds).toBeLessThan(5_000);
  expect(applyAnalyst(70, call.opinion)).toBe(70);
});
