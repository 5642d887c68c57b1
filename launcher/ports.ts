import { createServer } from 'node:net';
import { randomInt } from 'node:crypto';

/**
 * Free ports are drawn from below the range from which systems take the local ports of outgoing connections (32768 and
 * up on Linux, 49152 and up elsewhere): a server that is restarted must find its port free again.
 */
const LOWEST = 15_000;
const HIGHEST = 32_000;

/** Whether a server could listen on this loopback port now. */
export async function isFree(port: number): Promise<boolean> {
  return (await canListen(port, '127.0.0.1')) && (await canListen(port, '::1'));
}

/** The first of `preferred` that is free and not in `taken`, else a random free one. What it answers joins `taken`. */
export async function freePort(preferred: readonly (number | undefined)[], taken: Set<number>): Promise<number> {
  for (const port of preferred) if (port && !taken.has(port) && (await isFree(port))) return claim(port, taken);
  for (let tries = 0; tries < 200; tries += 1) {
    const port = randomInt(LOWEST, HIGHEST);
    if (!taken.has(port) && (await isFree(port))) return claim(port, taken);
  }
  throw new Error(`no free port found from ${LOWEST} to ${HIGHEST} on 127.0.0.1`);
}

function claim(port: number, taken: Set<number>): number {
  taken.add(port);
  return port;
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(isAbsentFamily(error)));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** A machine without IPv6 has nobody listening there either. */
function isAbsentFamily(error: NodeJS.ErrnoException): boolean {
  return error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT';
}
