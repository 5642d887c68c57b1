import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { requestLimit } from '../../../api/http/guards.js';

const LIMIT = 5;
let server: Server;
let url: string;

beforeEach(async () => {
  const app = express();
  app.use(requestLimit(LIMIT, 'session'), (_request, response) => void response.send('here'));
  app.use(((error, _request, response, _next) => {
    response.status(error.status).send(error.code);
  }) as express.ErrorRequestHandler);
  server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

const ask = (headers: Record<string, string> = {}) => fetch(url, { headers });

describe('too many requests', () => {
  test('are 429 beyond the limit, and the answer says after how many seconds to try again', async () => {
    for (let count = 0; count < LIMIT; count++) expect((await ask()).status).toBe(200);
    const refused = await ask();
    expect([refused.status, await refused.text()]).toEqual([429, 'TOO_MANY_REQUESTS']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60);
  });
  test('of one address are too many whatever tokens they make up, as a header or as a cookie', async () => {
    const statuses: number[] = [];
    for (let count = 0; count <= LIMIT; count++) {
      const made: Record<string, string> =
        count % 2 ? { authorization: `Bearer made-up-${count}` } : { cookie: `session=made-up-${count}` };
      statuses.push((await ask(made)).status);
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
  });
});
