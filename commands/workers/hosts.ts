/**
 * Test hosts: network namespaces of Linux, each joined to this one by a cable of its own that can be pulled. Needs the
 * administrator's rights.
 */
import { execFileSync } from 'node:child_process';
import { createConnection, createServer, type Server } from 'node:net';

export interface Host {
  /** Put before a command, it runs there. */
  prefix: string[];
  /** Makes a server of this machine's loopback reachable from there. @returns host:port as the host sees it */
  reach(loopbackPort: number): Promise<string>;
  /** Nothing comes through any more, in neither direction, and nobody is told. */
  cut(): void;
  mend(): void;
  remove(): void;
}

/** @returns the hosts, or why there can be none here */
export function makeHosts(count: number): Host[] | string {
  const made: Host[] = [];
  try {
    for (let number = 1; number <= count; number += 1) made.push(makeHost(number));
    return made;
  } catch (error) {
    for (const host of made) host.remove();
    const { stderr, message } = error as { stderr?: Buffer; message: string };
    return stderr?.toString().trim() || message;
  }
}

function makeHost(number: number): Host {
  const name = `ctp${process.pid}h${number}`;
  const [here, there] = [`${name}a`.slice(-15), `${name}b`.slice(-15)];
  // Not where a run that was killed may have left its own.
  const net = `10.${64 + (process.pid % 64)}.${((process.pid >> 6) * 4 + number) % 250}`;
  const [gateway, address] = [`${net}.1`, `${net}.2`];
  const relays: Server[] = [];
  const remove = (): void => {
    for (const relay of relays) relay.close();
    for (const words of [`netns del ${name}`, `link del ${here}`])
      try {
        ip(words);
      } catch {
        // Deleting the namespace takes its end of the cable, and with it the other one, along.
      }
  };
  try {
    ip(`netns add ${name}`);
    ip(`link add ${here} type veth peer name ${there}`);
    ip(`link set ${there} netns ${name}`);
    ip(`addr add ${gateway}/30 dev ${here}`);
    ip(`link set ${here} up`);
    ip(`-n ${name} addr add ${address}/30 dev ${there}`);
    ip(`-n ${name} link set ${there} up`);
    ip(`-n ${name} link set lo up`);
  } catch (error) {
    remove();
    throw error;
  }
  return {
    prefix: ['ip', 'netns', 'exec', name],
    cut: () => ip(`link set ${here} down`),
    mend() {
      ip(`link set ${here} up`);
    },
    remove,
    reach: (port) =>
      new Promise((resolve, reject) => {
        const relay = createServer((caller) => {
          const server = createConnection({ host: '127.0.0.1', port });
          caller.pipe(server).pipe(caller);
          caller.on('error', () => server.destroy());
          server.on('error', () => caller.destroy());
          caller.on('close', () => server.destroy());
          server.on('close', () => caller.destroy());
        });
        relays.push(relay);
        relay.once('error', reject);
        relay.listen(0, gateway, () => resolve(`${gateway}:${(relay.address() as { port: number }).port}`));
      }),
  };
}

function ip(words: string): void {
  execFileSync('ip', words.split(' '), { stdio: ['ignore', 'ignore', 'pipe'], timeout: 5_000 });
}
