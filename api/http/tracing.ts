/** Every request as the beginning of a trace, named by its route, which no caller can make up. */
import type { RequestHandler } from 'express';
import { isTracing, traced } from '../../adapters/tracing/trace.js';

/** Asked all the time by machines, or open for hours. */
const UNTRACED = new Set(['/healthz', '/readyz', '/metrics', '/api/stream']);

export function tracedRequests(): RequestHandler {
  return (request, response, next) => {
    if (!isTracing() || UNTRACED.has(request.path)) return next();
    void traced(request.method, { kind: 'server', parent: 'begin' }, (span) => {
      const ended = new Promise<void>((resolve) =>
        response.once('close', () => {
          const route = typeof request.route?.path === 'string' ? request.route.path : 'other';
          span.name = `${request.method} ${route}`;
          span.attributes['http.request.method'] = request.method;
          span.attributes['http.route'] = route;
          span.attributes['http.response.status_code'] = response.statusCode;
          span.attributes['request.id'] = String(response.locals['requestId'] ?? '');
          if (response.statusCode >= 500) span.error = String(response.statusCode);
          resolve();
        }),
      );
      next();
      return ended;
    });
  };
}
