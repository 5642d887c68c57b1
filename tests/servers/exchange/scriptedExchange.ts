import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  method: string;
  path: string;
  /** Query of a GET or DELETE, form body of a POST, in the order in which they came. */
  params: URLSearchParams;
  rawParams: string;
  apiKey: string | undefined;
  at: number;
}

/** How a request is answered, or in which way it is not. */
export type Reply =
  | { status?: number; body: unknown; headers?: Record<string, string>; afterMs?: number }
  | {
      fault: 'reset' | 'finish' | 'cut' | 'stall' | 'drip' | 'silence';
      status?: number;
      headers?: Record<string, string>;
    };

export interface ScriptedExchange {
  url: string;
  seen: SeenRequest[];
  /** Answers `METHOD /path` from now on; a list is used up one by one, its last entry stays. */
  on(route: string, ...replies: (Reply | ((request: SeenRequest) => Reply))[]): void;
  count(route: string): number;
  close(): Promise<void>;
}

/** A real HTTP server that misbehaves on command. */
export async function startScriptedExchange(): Promise<ScriptedExchange> {
  const routes = new Map<string, (Reply | ((request: SeenRequest) => Reply))[]>();
  const seen: SeenRequest[] = [];
  const timers = new Set<NodeJS.Timeout>();
  routes.set('GET /api/v3/time', [() => ({ body: { serverTime: Date.now() } })]);

  const server = createServer((request, response) => {
    void (async () => {
      const asked = await read(request);
      seen.push(asked);
      const replies = routes.get(`${asked.method} ${asked.path}`);
      const next = replies && (replies.length > 1 ? replies.shift() : replies[0]);
      const reply = typeof next === 'function' ? next(asked) : next;
      send(response, reply ?? { status: 404, body: '<html>nothing here</html>' }, timers);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    on: (route, ...replies) => void routes.set(route, replies),
    count: (route) => seen.filter((request) => `${request.method} ${request.path}` === route).length,
    close: () =>
      new Promise((resolve) => {
        for (const timer of timers) clearInterval(timer);
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function read(request: IncomingMessage): Promise<SeenRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const url = new URL(request.url ?? '/', 'http://localhost');
  const rawParams = request.method === 'POST' ? Buffer.concat(chunks).toString() : url.search.slice(1);
  const apiKey = request.headers['x-mbx-apikey'] as string | undefined;
  const method = request.method ?? '';
  return { method, path: url.pathname, params: new URLSearchParams(rawParams), rawParams, apiKey, at: Date.now() };
}

function send(response: ServerResponse, reply: Reply, timers: Set<NodeJS.Timeout>): void {
  const headers = { 'Content-Type': 'application/json', ...reply.headers };
  if (!('fault' in reply)) {
    const text = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body);
    const answer = () => response.writeHead(reply.status ?? 200, headers).end(text);
    if (reply.afterMs) timers.add(setTimeout(answer, reply.afterMs));
    else answer();
    return;
  }
  const socket = response.socket!;
  if (reply.fault === 'reset') socket.resetAndDestroy();
  if (reply.fault === 'finish') socket.end();
  if (reply.fault === 'silence') return;
  if (reply.fault !== 'cut' && reply.fault !== 'stall' && reply.fault !== 'drip') return;
  response.writeHead(reply.status ?? 200, { ...headers, 'Content-Length': '5000' });
  response.write('{"symbol":"BTCUSDT",', () => {
    if (reply.fault === 'cut') socket.destroy();
  });
  if (reply.fault === 'drip') timers.add(setInterval(() => response.write(' '), 50));
}
