import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { STOP_ORDER } from '../../launcher/children.js';
import { identify } from '../../launcher/processes.js';
import type { Runtime } from '../../launcher/runtime-file.js';
import { launchProduct, type Product, startProduct } from '../support/product.js';

const pidsOf = (runtime: Runtime): number[] => [runtime.pid, ...Object.values(runtime.processes)];
const addressesOf = ({ pid: _pid, processes: _processes, ...addresses }: Runtime) => addresses;

function runtimeOf(product: Product): Runtime {
  const runtime = product.runtime();
  if (!runtime) throw new Error(`no runtime.json:\n${product.output()}`);
  return runtime;
}

async function until(condition: () => boolean, within: number): Promise<void> {
  const deadline = Date.now() + within;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`not within ${within} ms: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

describe('npm start', () => {
  let dataDir: string;
  let product: Product;
  let first: Runtime;
  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'ctp-launcher-'));
    product = await startProduct({ DATA_DIR: dataDir, DEMO: 'false' });
    first = runtimeOf(product);
  }, 120_000);
  afterAll(async () => {
    await product?.dispose();
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 10 });
  });

  test('writes where everything answers, and it does answer', async () => {
    expect(Object.keys(first.processes).sort()).toEqual([...STOP_ORDER].sort());
    expect(first.pid).toBe(product.pid);
    expect(first.temporalNamespace).toBe('default');
    expect((await fetch(`${first.apiUrl}/healthz`)).status).toBe(200);
    const metrics = await (await fetch(`${first.apiUrl}/metrics`)).text();
    for (const name of ['watchdog_outage', 'api_exchange_share_used', 'api_exchange_waiting_calls'])
      expect(metrics).toContain(`# TYPE ctp_${name} gauge`);
    expect((await fetch(first.dashboardUrl)).headers.get('content-type')).toContain('text/html');
    expect((await fetch(`${first.exchangeUrl}/api/v3/ping`)).status).toBe(200);
    expect((await fetch(`${first.exchangeControlUrl}/clock`)).status).toBe(200);
    expect((await fetch(first.temporalUiUrl ?? '')).status).toBe(200);
    for (const pid of pidsOf(first)) expect(identify(pid)).not.toBeNull();
    expect(statSync(join(dataDir, 'runtime.json')).mode & 0o077).toBe(0);
  });

  test('says how to sign in', () => {
    expect(product.output()).toMatch(/Sign in as +admin@localhost +password +\S{12,}/);
  });

  test('refuses a second start on the same data directory and names the process that has it', async () => {
    const second = launchProduct({ DATA_DIR: dataDir });
    await second.prints(new RegExp(`DATA_DIR: .* in use .*process ${product.pid}`));
    expect(await second.ended).toBe(1);
    expect(runtimeOf(product).pid).toBe(product.pid);
  });

  test.each(STOP_ORDER)('starts %s again on its address within 5 s after kill -9', async (name) => {
    const before = runtimeOf(product);
    const killed = before.processes[name] ?? 0;
    process.kill(killed, 'SIGKILL');
    await product.prints(new RegExp(`${name} was ended by SIGKILL`), 5000);
    const running = await product.prints(new RegExp(`${name} is running again as process (\\d+)`), 20_000);
    const after = runtimeOf(product);
    expect(after.processes[name]).toBe(Number(running[1]));
    expect(after.processes[name]).not.toBe(killed);
    expect(addressesOf(after)).toEqual(addressesOf(before));
  });

  test('stops everything within 15 s and removes the file as the last thing', async () => {
    const running = pidsOf(runtimeOf(product)).filter((pid) => pid !== product.pid);
    const asked = Date.now();
    const exited = product.stop('SIGINT');
    await until(() => !existsSync(join(dataDir, 'runtime.json')), 15_000);
    expect(running.filter((pid) => identify(pid) !== null)).toEqual([]);
    expect(await exited).toBe(0);
    expect(Date.now() - asked).toBeLessThan(15_000);
  });

  test('goes on at the same addresses, and does not print the password again', async () => {
    product = await startProduct({ DATA_DIR: dataDir, DEMO: 'false', ADMIN_EMAIL: 'other@example.org' });
    expect(addressesOf(runtimeOf(product))).toEqual(addressesOf(first));
    // It comes right after the line by which a start is known to be ready.
    await product.prints(/Sign in as +admin@localhost with the password of the first start/);
    await product.prints(/Ctrl-C stops everything/);
    expect(product.output()).not.toMatch(/password  \S{12,}/);
  }, 120_000);

  test('killed without warning it leaves nothing running, and the next start takes over', async () => {
    const running = pidsOf(runtimeOf(product));
    await product.stop('SIGKILL');
    await until(() => running.every((pid) => identify(pid) === null), 10_000);
    product = await startProduct({ DATA_DIR: dataDir, DEMO: 'false' });
    expect(runtimeOf(product).pid).toBe(product.pid);
    expect(addressesOf(runtimeOf(product))).toEqual(addressesOf(first));
  }, 120_000);
});

describe('a start that cannot work', () => {
  test('names a port that was asked for and is taken', async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) =>
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
    );
    const product = launchProduct({ PORT: String(port) });
    await product.prints(new RegExp(`PORT: ${port} is taken`));
    expect(await product.ended).not.toBe(0);
    expect(product.runtime()).toBeNull();
    await product.dispose();
    server.close();
  });

  test('names every wrong setting and ends with 2', async () => {
    const product = launchProduct({ PORT: 'x', SIM_SPEED: '-1' });
    await product.prints(/^PORT: .*\n(.*\n)*SIM_SPEED: /m);
    expect(await product.ended).toBe(2);
    await product.dispose();
  });

  test('names a server that was given and does not answer', async () => {
    const product = launchProduct({ EXCHANGE_URL: 'http://127.0.0.1:9' });
    await product.prints(/EXCHANGE_URL: no exchange answers at http:\/\/127\.0\.0\.1:9/);
    expect(await product.ended).toBe(1);
    expect(product.runtime()).toBeNull();
    await product.dispose();
  });
});
