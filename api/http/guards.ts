/** What every request passes first: the right host, the right origin, not too many. */
import { isIP } from 'node:net';
import type { RequestHandler } from 'express';
import helmet from 'helmet';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { readCookie } from '../auth/cookies.js';
import { tokenHash } from '../auth/tokens.js';
import { Problem } from './problem.js';

/** Scripts, styles and everything else from here only; what Mantine and the charts set on elements is no inline style. */
export const securityHeaders = (secure: boolean): RequestHandler =>
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'script-src': ["'self'"],
        'style-src': ["'self'"],
        'img-src': ["'self'", 'data:', 'blob:'],
        'font-src': ["'self'", 'data:'],
        'connect-src': ["'self'"],
        'manifest-src': ["'self'"],
        'worker-src': ["'self'"],
        'base-uri': ["'none'"],
        'form-action': ["'self'"],
        'frame-ancestors': ["'none'"],
      },
    },
    strictTransportSecurity: secure ? { maxAge: 31_536_000 } : false,
    crossOriginEmbedderPolicy: false,
    referrerPolicy: { policy: 'no-referrer' },
  }) as RequestHandler;

/**
 * A page elsewhere whose name is made to point here (DNS rebinding) still sends its own name as Host, so a server for
 * this machine alone answers to the machine's names alone.
 */
export function allowedHosts(options: { loopbackOnly: boolean; publicUrl?: string | undefined }): RequestHandler {
  const own = options.publicUrl ? new URL(options.publicUrl).host : null;
  return (request, _response, next) => {
    const host = request.headers.host ?? '';
    if (host === own || (!options.loopbackOnly && own === null) || isLoopback(host)) return next();
    throw new Problem(421, 'WRONG_HOST', 'This server does not answer under that name.');
  };
}

function isLoopback(host: string): boolean {
  const name = host.replace(/:\d{1,5}$/, '').toLowerCase();
  if (name === 'localhost' || name === '[::1]' || name.endsWith('.localhost')) return true;
  return isIP(name) === 4 && name.startsWith('127.');
}

/** A browser says where a changing request comes from; other places than our own pages are refused. */
export function sameOrigin(publicUrl: string | undefined): RequestHandler {
  const own = publicUrl ? new URL(publicUrl).origin : null;
  return (request, _response, next) => {
    if (request.method === 'GET' || request.method === 'HEAD') return next();
    const { origin, host } = request.headers;
    const site = request.headers['sec-fetch-site'];
    if (origin !== undefined && origin !== own && !isOriginOf(origin, host))
      throw new Problem(403, 'WRONG_ORIGIN', 'Requests from other sites are refused.');
    if (site === 'cross-site') throw new Problem(403, 'WRONG_ORIGIN', 'Requests from other sites are refused.');
    return next();
  };
}

function isOriginOf(origin: string, host: string | undefined): boolean {
  return URL.canParse(origin) && new URL(origin).host === host;
}

/** Far above what pages and scripts need; counted by token where there is one, else by address. */
export function requestLimit(perMinute: number, sessionCookie: string): RequestHandler {
  const limiter = new RateLimiterMemory({ points: perMinute, duration: 60 });
  return async (request, response, next) => {
    const token = request.headers.authorization ?? readCookie(request, sessionCookie);
    // A made-up token is no way around the address's own limit.
    const keys = token ? [`t ${tokenHash(token)}`, `a ${request.ip}`] : [`a ${request.ip}`];
    try {
      await Promise.all(keys.map((key) => limiter.consume(key)));
    } catch (full) {
      const seconds = Math.max(1, Math.ceil(((full as { msBeforeNext?: number }).msBeforeNext ?? 1_000) / 1000));
      response.setHeader('retry-after', String(seconds));
      throw new Problem(429, 'TOO_MANY_REQUESTS', `Too many requests; try again in ${seconds} s.`);
    }
    next();
  };
}
