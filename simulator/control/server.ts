import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { keepAlive } from '../../adapters/keepAlive.js';
import type { Exchange } from '../exchange.js';
import { BadControlInput } from '../faults/kinds.js';
import { controlRoutes } from './routes.js';

export interface ControlRequest {
  exchange: Exchange;
  query: URLSearchParams;
  /** Parsed JSON, undefined without a body. */
  body: unknown;
}

/** The control port: JSON over HTTP, for loopback only; no keys, so it must never listen elsewhere. */
export function createControlServer(exchange: Exchange): Server {
  return keepAlive(createServer(answer));

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://control');
    handle(`${request.method} ${pathname}`, searchParams, request)
      .then((result) => ({ status: 200, result }))
      .catch((error: unknown) => {
        if (error instanceof BadControlInput) return { status: error.status, result: { error: error.message } };
        console.error('unexpected failure on the control port:', error);
        return { status: 500, result: { error: 'unexpected failure; the simulator printed it' } };
      })
      .then(({ status, result }) => {
        const text = JSON.stringify(result);
        response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
        response.end(text);
      })
      .catch(() => response.destroy());
  }

  async function handle(endpoint: string, query: URLSearchParams, request: IncomingMessage): Promise<unknown> {
    const route = controlRoutes[endpoint];
    if (!route) {
      const path = endpoint.split(' ')[1];
      const methods = Object.keys(controlRoutes)
        .filter((name) => name.endsWith(` ${path}`))
        .map((name) => name.split(' ')[0]);
      if (methods.length > 0) throw new BadControlInput(`${path} answers ${methods.join(', ')} only`, 404);
      throw new BadControlInput(`unknown path ${path}; known are ${Object.keys(controlRoutes).join(', ')}`, 404);
    }
    return route({ exchange, query, body: parse(await readText(request)) });
  }
}

function parse(text: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BadControlInput(`the body is no JSON: ${(error as Error).message}`, 400);
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}
