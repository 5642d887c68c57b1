/** The dashboard's files and the page of the API's documentation, all from this server. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import express, { type Express } from 'express';

const YEAR_MS = 31_536_000_000;

export function serveDocs(app: Express): void {
  const assets = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  app.get(['/api/docs', '/api/docs/'], (_request, response) => void response.type('html').send(DOCS_PAGE));
  app.get('/api/docs/start.js', (_request, response) => void response.type('js').send(DOCS_SCRIPT));
  for (const name of ['swagger-ui.css', 'swagger-ui-bundle.js'])
    app.get(`/api/docs/${name}`, (_request, response) => response.sendFile(join(assets, name), { maxAge: '1d' }));
}

/** Files with a hash in their name for ever, the page itself never; every other address is the page's own. */
export function serveDashboard(app: Express, folder: string): void {
  app.use('/assets', express.static(join(folder, 'assets'), { immutable: true, maxAge: YEAR_MS, fallthrough: true }));
  app.use(express.static(folder, { index: false, maxAge: '1h', dotfiles: 'ignore' }));
  app.get(/^\/(?!api(\/|$)|assets\/|healthz$|readyz$|metrics$).*/, (_request, response) => {
    const page = join(folder, 'index.html');
    response.setHeader('cache-control', 'no-store');
    response.type('html').send(existsSync(page) ? readFileSync(page, 'utf8') : NOT_BUILT);
  });
}

const DOCS_PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Crypto Trader Pro: API</title>
    <link rel="stylesheet" href="/api/docs/swagger-ui.css" />
  </head>
  <body>
    <div id="docs"></div>
    <script src="/api/docs/swagger-ui-bundle.js"></script>
    <script src="/api/docs/start.js"></script>
  </body>
</html>
`;

const DOCS_SCRIPT = `const csrf = () => /(?:^|;\\s*)(?:__Host-)?csrf=([^;]*)/.exec(document.cookie)?.[1];
SwaggerUIBundle({
  url: '/api/openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  requestInterceptor(request) {
    if (csrf()) request.headers['x-csrf-token'] = csrf();
    return request;
  },
});
`;

const NOT_BUILT = `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8" /><title>Crypto Trader Pro</title></head>
  <body>
    <h1>The dashboard is not built</h1>
    <p>The API is here, at <a href="/api/docs">/api/docs</a>. Build the page with <code>npm run build</code>.</p>
  </body>
</html>
`;
