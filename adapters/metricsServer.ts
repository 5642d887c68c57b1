/** A process's measurements on a port of their own, for Prometheus. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import { keepAlive } from './keepAlive.js';

/** Serves GET /metrics. A port that is taken is said and costs the metrics only: the process goes on. */
export function serveMetrics(
  registry: Registry,
  { port, host }: { port: number; host: string },
  log: { info(fields: object, message: string): void; warn(fields: object, message: string): void },
): Promise<{ url: string | null; close(): void }> {
  const server = keepAlive(createServer(answer));
  function answer(request: IncomingMessage, response: ServerResponse): void {
    if (request.method !== 'GET' || request.url !== '/metrics') return void response.writeHead(404).end();
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  }
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return new Promise((resolve) => {
    server.on('error', (error) => {
      log.warn({ port, error: error.message }, 'METRICS_PORT: no metrics are served');
      resolve({ url: null, close });
    });
    server.listen(port, host, () => {
      const bound = (server.address() as AddressInfo).port;
      const url = `http://${host.includes(':') ? `[${host}]` : host}:${bound}/metrics`;
      log.info({ url }, 'metrics are served');
      server.unref();
      resolve({ url, close });
    });
  });
}
