/**
 * A fault proxy that the project didn't write: Shopify's Toxiproxy, between the workers and the exchange. It knows
 * nothing of HTTP; it delays, cuts, resets and swallows what passes on TCP, the streams included.
 */
import { execFileSync, spawn } from 'node:child_process';
import { freePort } from '../../launcher/ports.js';

export interface FaultProxy {
  /** What the workers are given as the exchange's address. */
  url: string;
  /** How often each kind of fault was switched on. */
  faults: Record<string, number>;
  stop(): Promise<void>;
}

export const PROXY_HINT =
  'get it with `go install github.com/Shopify/toxiproxy/v2/cmd/server@v2.12.0` (or a release of github.com/Shopify/toxiproxy) and name the program: --proxy PATH';

interface Toxic {
  type: string;
  stream: 'upstream' | 'downstream';
  /** Share of the connections that it holds. */
  toxicity: number;
  attributes: Record<string, number>;
}

/** Delay, black hole both ways, reset, cut after so many bytes, narrow and sliced answers. */
const TOXICS: Record<string, Toxic> = {
  delay: { type: 'latency', stream: 'downstream', toxicity: 0.5, attributes: { latency: 400, jitter: 400 } },
  'delayed request': { type: 'latency', stream: 'upstream', toxicity: 0.5, attributes: { latency: 900, jitter: 900 } },
  'black hole of answers': { type: 'timeout', stream: 'downstream', toxicity: 0.3, attributes: { timeout: 0 } },
  'black hole of requests': { type: 'timeout', stream: 'upstream', toxicity: 0.3, attributes: { timeout: 0 } },
  'reset of answers': { type: 'reset_peer', stream: 'downstream', toxicity: 0.3, attributes: { timeout: 0 } },
  'reset of requests': { type: 'reset_peer', stream: 'upstream', toxicity: 0.3, attributes: { timeout: 0 } },
  'cut answers': { type: 'limit_data', stream: 'downstream', toxicity: 0.4, attributes: { bytes: 700 } },
  'narrow answers': { type: 'bandwidth', stream: 'downstream', toxicity: 0.3, attributes: { rate: 2 } },
  'sliced answers': {
    type: 'slicer',
    stream: 'downstream',
    toxicity: 0.5,
    attributes: { average_size: 40, size_variation: 30, delay: 5_000 },
  },
};

/** @param program Toxiproxy's server @param random decides which fault comes when, and for how long */
export async function startFaultProxy(program: string, upstream: string, random: () => number): Promise<FaultProxy> {
  let version: string;
  try {
    version = execFileSync(program, ['-version'], { encoding: 'utf8' }).trim();
  } catch (error) {
    throw new Error(`--proxy ${program}: not Toxiproxy's server (${String(error).split('\n')[0]}); ${PROXY_HINT}`);
  }
  const taken = new Set<number>();
  const [apiPort, port] = [await freePort([], taken), await freePort([], taken)];
  const child = spawn(program, ['-host', '127.0.0.1', '-port', String(apiPort)], { stdio: 'ignore' });
  const api = `http://127.0.0.1:${apiPort}`;
  const ended = () => child.exitCode !== null || child.signalCode !== null;
  const ask = async (method: string, path: string, body?: object): Promise<void> => {
    const answer = await fetch(`${api}${path}`, {
      method,
      signal: AbortSignal.timeout(5_000),
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!answer.ok) throw new Error(`toxiproxy ${method} ${path}: ${answer.status} ${await answer.text()}`);
  };
  for (let round = 0; ; round++) {
    try {
      await ask('GET', '/version');
      break;
    } catch (error) {
      if (round >= 100 || ended()) throw new Error(`${version}: does not answer: ${String(error)}`);
      await new Promise((next) => setTimeout(next, 100));
    }
  }
  const { host } = new URL(upstream);
  await ask('POST', '/proxies', { name: 'exchange', listen: `127.0.0.1:${port}`, upstream: host, enabled: true });

  const faults: Record<string, number> = {};
  let running = true;
  const wait = (ms: number) => new Promise((next) => setTimeout(next, ms));
  const loop = (async () => {
    const names = Object.keys(TOXICS);
    while (running) {
      await wait(500 + random() * 2_000);
      const pick = Math.floor(random() * (names.length + 1));
      const name = names[pick] ?? 'refused connections';
      faults[name] = (faults[name] ?? 0) + 1;
      const forMs = 300 + random() * 1_700;
      try {
        if (pick === names.length) {
          await ask('POST', '/proxies/exchange', { enabled: false });
          await wait(forMs);
          await ask('POST', '/proxies/exchange', { enabled: true });
        } else {
          await ask('POST', '/proxies/exchange/toxics', { name: 'now', ...TOXICS[name] });
          await wait(forMs);
          await ask('DELETE', '/proxies/exchange/toxics/now');
        }
      } catch (error) {
        if (ended()) throw error;
      }
    }
    await ask('POST', '/reset').catch(() => undefined);
  })();

  return {
    url: `http://127.0.0.1:${port}`,
    faults,
    async stop() {
      running = false;
      try {
        await loop;
      } finally {
        child.kill('SIGKILL');
      }
    },
  };
}
