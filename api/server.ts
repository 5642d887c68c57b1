/** The HTTP server's application: guards, routes, pages, errors. */
import { randomUUID } from 'node:crypto';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { cookieNames } from './auth/cookies.js';
import { createIdentify } from './auth/identify.js';
import { createSignInLimits } from './auth/signInLimits.js';
import { createSecondFactor } from './auth/secondFactor.js';
import { createTotp } from './auth/totp.js';
import { codecRoutes } from './codec.js';
import type { ApiDependencies } from './dependencies.js';
import { allowedHosts, requestLimit, sameOrigin, securityHeaders } from './http/guards.js';
import { mountRoutes } from './http/mount.js';
import { tracedRequests } from './http/tracing.js';
import { openApiDocument } from './http/openapi.js';
import { serveDashboard, serveDocs } from './http/pages.js';
import { notFound, problemBody, problemOf } from './http/problem.js';
import { createMetrics, type Metrics } from './metrics.js';
import { administrationRoutes } from './routes/administration.js';
import { authRoutes } from './routes/auth.js';
import { configRoutes } from './routes/config.js';
import { credentialRoutes } from './routes/credentials.js';
import { healthRoutes } from './routes/health.js';
import { historyRoutes } from './routes/history.js';
import { marketRoutes } from './routes/market.js';
import { notificationRoutes } from './routes/notifications.js';
import { researchRoutes } from './routes/research.js';
import { streamRoutes } from './routes/stream.js';
import { tradingRoutes } from './routes/trading.js';
import { userRoutes } from './routes/users.js';
import { createStartCheck } from './services/listedSymbols.js';
import { createResearchService } from './services/research.js';
import { createStreamHub } from './services/stream.js';
import { createTradingService, type TradingService } from './services/trading.js';

export interface Api {
  app: Express;
  trading: TradingService;
  /** What /metrics shows. */
  registry: Metrics['registry'];
  /** Ends open event streams and their looks at the database. */
  close(): void;
}

export function createServer(deps: ApiDependencies): Api {
  const { repositories, client, log } = deps;
  const secure = deps.publicUrl?.startsWith('https:') ?? false;
  const cookies = cookieNames(secure);
  const totp = createTotp(repositories, deps.keys);
  const limits = createSignInLimits(repositories.signInFailures);
  const secondFactor = createSecondFactor(totp, limits);
  const trading = createTradingService(client, repositories, createStartCheck(deps));
  const hub = createStreamHub(deps, (userId) => trading.status(userId));
  const metrics = createMetrics(hub);
  const identify = createIdentify(repositories, cookies, deps.signInPolicy);
  const streamEnds = new Set<() => void>();

  const routes = [
    ...authRoutes(deps, { cookies, limits, totp }),
    ...userRoutes(deps, trading),
    ...configRoutes(deps, trading, secondFactor),
    ...tradingRoutes(deps, trading),
    ...historyRoutes(deps),
    ...marketRoutes(deps),
    ...notificationRoutes(deps),
    ...credentialRoutes(deps, secondFactor),
    ...researchRoutes(deps, createResearchService(client)),
    ...administrationRoutes(deps, trading),
    ...streamRoutes(deps, hub, streamEnds),
    ...healthRoutes(deps, metrics),
  ];
  const document = openApiDocument(routes, deps.version);

  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('query parser', 'simple');
  app.set('trust proxy', deps.trustedProxies ?? 'loopback');
  app.use(tracedRequests(), observed(metrics, log));
  app.use(securityHeaders(secure), allowedHosts(deps));
  if (deps.codec) {
    const uiOrigin = deps.temporalUiUrl ? new URL(deps.temporalUiUrl).origin : null;
    app.use('/codec', requestLimit(1_200, cookies.session), codecRoutes({ codec: deps.codec, uiOrigin, identify }));
  }
  app.use('/api', noStore, requestLimit(deps.requestsPerMinute ?? 12_000, cookies.session), sameOrigin(deps.publicUrl));
  app.use('/api', express.json({ limit: '100kb', strict: true, type: ['application/json', 'application/*+json'] }));
  app.get('/api/openapi.json', (_request, response) => void response.json(document));
  serveDocs(app);
  mountRoutes(app, routes, identify);
  serveDashboard(app, deps.dashboard);
  app.use(() => {
    throw notFound();
  });
  app.use(asProblem(log));
  return {
    app,
    trading,
    registry: metrics.registry,
    close() {
      hub.close();
      for (const end of streamEnds) end();
    },
  };
}

const noStore: RequestHandler = (_request, response, next) => {
  response.setHeader('cache-control', 'no-store');
  next();
};

/** Names the request and measures it under its route's name, which no caller can make up. */
function observed(metrics: Metrics, log: ApiDependencies['log']): RequestHandler {
  return (request, response, next) => {
    const begun = process.hrtime.bigint();
    const requestId = randomUUID();
    response.locals['requestId'] = requestId;
    response.setHeader('x-request-id', requestId);
    response.on('finish', () => {
      const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
      const route = typeof request.route?.path === 'string' ? request.route.path : 'other';
      const labels = { method: request.method, route, status: String(response.statusCode) };
      metrics.seconds.observe(labels, seconds);
      if (route === '/api/auth/login') metrics.signIns.inc({ result: response.statusCode === 200 ? 'ok' : 'refused' });
      log.debug({ requestId, ...labels, ms: Math.round(seconds * 1000) }, 'request');
    });
    next();
  };
}

function asProblem(log: ApiDependencies['log']): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const requestId = String(response.locals['requestId'] ?? '');
    const problem = problemOf(error);
    if (problem.status >= 500)
      log[problem.status === 500 ? 'error' : 'warn']({ requestId, path: request.path, err: error }, problem.code);
    if (problem.status === 403) {
      const userId: unknown = response.locals['userId'];
      log.info({ requestId, userId, ip: request.ip, method: request.method, path: request.path }, problem.code);
    }
    if (response.headersSent) return next(error);
    for (const [name, value] of Object.entries(problem.more.headers ?? {})) response.setHeader(name, value);
    response
      .status(problem.status)
      .type('application/problem+json')
      .send(JSON.stringify(problemBody(problem, requestId)));
  };
}
