import type { IncomingMessage, Server } from 'node:http';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { Exchange } from '../exchange.js';
import type { Limits } from '../rest/limits.js';
import { answerApi } from './api.js';
import { createMarketStreams, type MarketClient } from './market.js';
import { createUserStreams, type UserClient } from './user.js';

const PING_EVERY = 20_000;
const SILENT_AT_MOST = 60_000;
const LIFETIME = 24 * 3_600_000;
/** A client that does not read is cut off when this much waits for it, bytes. */
const BACKLOG = 8 * 1024 * 1024;

/** Market streams on /ws and /stream, the websocket API with user data on /ws-api/v3; all on the REST server's port. */
export function attachStreams(server: Server, exchange: Exchange, limits: Limits) {
  const market = createMarketStreams(exchange);
  const users = createUserStreams(exchange);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 1024 * 1024 });
  const apiClients = new Set<UserClient>();
  const alive = new Map<WebSocket, { heard: number; born: number }>();

  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const url = new URL(request.url ?? '/', 'http://exchange');
    const open = url.pathname.startsWith('/ws-api/')
      ? openApi
      : url.pathname === '/stream' || url.pathname.startsWith('/ws')
        ? openMarket
        : null;
    if (!open || exchange.faults.draw({ endpoint: `connect ${url.pathname}` }, ['maintenance']))
      return socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
    sockets.handleUpgrade(request, socket, head, (ws) => {
      watch(ws);
      open(ws, url, request);
    });
  });

  function watch(ws: WebSocket): void {
    const now = exchange.realNow();
    alive.set(ws, { heard: now, born: now });
    ws.on('pong', () => heard(ws));
    ws.on('message', () => heard(ws));
    ws.on('error', () => ws.terminate());
    ws.on('close', () => alive.delete(ws));
  }
  const heard = (ws: WebSocket) => {
    const known = alive.get(ws);
    if (known) known.heard = exchange.realNow();
  };

  const beat = setInterval(() => {
    const now = exchange.realNow();
    for (const [ws, { heard: last, born }] of alive) {
      if (now - last > SILENT_AT_MOST || now - born > LIFETIME || ws.bufferedAmount > BACKLOG) ws.terminate();
      else ws.ping();
    }
  }, PING_EVERY);

  function openMarket(ws: WebSocket, url: URL): void {
    const client: MarketClient = { socket: ws, combined: url.pathname === '/stream', streams: new Set() };
    const named =
      url.pathname === '/stream' ? (url.searchParams.get('streams') ?? '') : url.pathname.slice('/ws/'.length);
    for (const name of named.split('/')) if (name.includes('@')) market.subscribe(client, name);
    ws.on('message', (data) => ws.send(JSON.stringify(command(client, textOf(data)))));
    ws.on('close', () => {
      for (const name of [...client.streams]) market.unsubscribe(client, name);
    });
  }

  function command(client: MarketClient, text: string): unknown {
    const request = parse(text);
    if (!request) return { error: { code: 3, msg: 'Invalid JSON: expected value at line 1 column 1' } };
    const { id = null, method, params } = request;
    const names = Array.isArray(params) ? params.filter((one): one is string => typeof one === 'string') : [];
    switch (method) {
      case 'SUBSCRIBE':
        for (const name of names) market.subscribe(client, name);
        return { result: null, id };
      case 'UNSUBSCRIBE':
        for (const name of names) market.unsubscribe(client, name);
        return { result: null, id };
      case 'LIST_SUBSCRIPTIONS':
        return { result: [...client.streams], id };
      case 'SET_PROPERTY':
        client.combined = Array.isArray(params) && params[1] === true;
        return { result: null, id };
      case 'GET_PROPERTY':
        return { result: client.combined, id };
      default:
        return {
          error: {
            code: 2,
            msg: `Invalid request: unknown variant \`${String(method)}\`, expected one of \`SUBSCRIBE\`, \`UNSUBSCRIBE\`, \`LIST_SUBSCRIPTIONS\`, \`SET_PROPERTY\`, \`GET_PROPERTY\``,
          },
          id,
        };
    }
  }

  function openApi(ws: WebSocket, _url: URL, request: IncomingMessage): void {
    const client: UserClient = { socket: ws, subscriptions: new Map(), nextId: 0 };
    const address = request.socket.remoteAddress ?? 'unknown';
    apiClients.add(client);
    ws.on('message', (data) => {
      answerApi(exchange, limits, users, client, address, textOf(data)).then(
        (answer) => answer !== null && ws.send(answer),
        (error: unknown) => {
          console.error('unexpected failure on the websocket API:', error);
          ws.terminate();
        },
      );
    });
    ws.on('close', () => {
      apiClients.delete(client);
      for (const id of [...client.subscriptions.keys()]) users.unsubscribe(client, id);
    });
  }

  return {
    /** Says goodbye on the websocket API and ends every connection. */
    close(): void {
      clearInterval(beat);
      market.stop();
      users.stop();
      const goodbye = JSON.stringify({ event: { e: 'serverShutdown', E: exchange.time() } });
      for (const { socket } of apiClients) socket.send(goodbye);
      for (const ws of alive.keys()) ws.close(1001);
      setTimeout(() => {
        for (const ws of alive.keys()) ws.terminate();
      }, 200).unref();
    },
  };
}

const textOf = (data: RawData) =>
  (Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer)).toString('utf8');

function parse(text: string): { id?: unknown; method?: unknown; params?: unknown } | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : null;
  } catch {
    return null;
  }
}
