import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { keepAlive } from '../../../adapters/keepAlive.js';

test('clients are told to give up idle connections long before the server closes them', async () => {
  const server = keepAlive(createServer((_request, response) => response.writeHead(200, { 'x-own': '1' }).end('here')));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  expect(await answer.text()).toBe('here');
  expect(answer.headers.get('x-own')).toBe('1');
  const told = Number(/^timeout=(\d+)$/.exec(answer.headers.get('keep-alive') ?? '')?.[1]) * 1_000;
  expect(told).toBeGreaterThan(0);
  expect(server.keepAliveTimeout).toBeGreaterThanOrEqual(told + 60_000);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
