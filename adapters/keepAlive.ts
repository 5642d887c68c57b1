import type { Server } from 'node:http';

/** How long our servers keep an idle connection, ms: longer than clients' and proxies' pools do (60 s at most). */
const KEPT_BY_SERVER = 65_000;
/** What clients are told, s: they give it up long before that, however late their timers are. */
const KEPT_BY_CLIENT = 5;

/**
 * No request meets a connection that its server is closing. Node closes after 5 s and tells clients those same 5 s: a
 * client that is held up for a second sends into a closed socket, and a POST is not repeated by itself.
 */
export function keepAlive(server: Server): Server {
  server.keepAliveTimeout = KEPT_BY_SERVER;
  server.prependListener('request', (_request, response) => {
    response.setHeader('keep-alive', `timeout=${KEPT_BY_CLIENT}`);
  });
  return server;
}
