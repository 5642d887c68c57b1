import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket as Socket } from 'ws';
import type { Key } from './support.js';

// The exchange as the process that users run: killed at any moment it loses nothing that it has answered.
interface Addresses {
  url: string;
  controlUrl: string;
}
const folder = mkdtempSync(join(tmpdir(), 'durability-'));
const children = new Set<ChildProcess>();
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

async function start(...args: string[]): Promise<{ child: ChildProcess; addresses: Addresses; seconds: number }> {
  const announce = join(folder, `announce-${Math.random()}`);
  const began = Date.now();
  const child = spawn(
    process.execPath,
    ['scripts/run.mjs', 'simulator/main', '--port', '0', '--control-port', '0', '--announce', announce, ...args],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  children.add(child);
  let errors = '';
  child.stderr?.on('data', (text: Buffer) => (errors += text.toString()));
  while (!existsSync(announce)) {
    if (child.exitCode !== null) throw new Error(`the simulator ended: ${errors}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return {
    child,
    addresses: JSON.parse(readFileSync(announce, 'utf8')) as Addresses,
    seconds: (Date.now() - began) / 1_000,
  };
}

const gone = (child: ChildProcess) =>
  new Promise<number | null>((resolve) =>
    child.exitCode !== null || child.signalCode !== null
      ? resolve(child.exitCode)
      : child.once('exit', (code) => resolve(code)),
  );

async function json<T>(url: string, init?: RequestInit): Promise<T> {
  return (await (await fetch(url, init)).json()) as T;
}

async function place(
  url: string,
  key: Key,
  parameters: Record<string, string>,
): Promise<{ orderId?: number; status?: string }> {
  const query = new URLSearchParams({ ...parameters, timestamp: String(Date.now()), recvWindow: '60000' }).toString();
  const signature = createHmac('sha256', key.secret).update(query).digest('hex');
  return json(`${url}/api/v3/order`, {
    method: 'POST',
    body: `${query}&signature=${signature}`,
    headers: { 'x-mbx-apikey': key.apiKey, 'content-type': 'application/x-www-form-urlencoded' },
  });
}

test('kill -9 loses no acknowledged order, keeps every balance, and the clock does not go back', async () => {
  const stateDir = join(folder, 'killed');
  const acknowledged = new Map<string, string>();
  let key: Key | undefined;
  let seen = 0;
  for (let round = 0; round < 3; round++) {
    const { child, addresses } = await start('--state-dir', stateDir, '--speed', '600', '--weight-limit', '1000000');
    const account: Key = await json(`${addresses.controlUrl}/accounts`, {
      method: 'POST',
      body: JSON.stringify({ account: 'user-1', balances: { USDT: '1000000' } }),
    });
    if (key) expect(account.apiKey).toBe(key.apiKey);
    key = account;
    const { marketTime } = await json<{ marketTime: number }>(`${addresses.controlUrl}/clock`);
    expect(marketTime).toBeGreaterThanOrEqual(seen);
    const ledger = await json<{ orders: { clientOrderId: string; status: string }[]; trades: unknown[] }>(
      `${addresses.controlUrl}/ledger?account=user-1`,
    );
    const kept = new Map(ledger.orders.map((order) => [order.clientOrderId, order.status]));
    for (const [id, status] of acknowledged) expect([id, kept.get(id)]).toEqual([id, status]);

    let stop = false;
    const senders = [0, 1, 2, 3].map(async (sender) => {
      for (let i = 0; !stop; i++) {
        const id = `r${round}s${sender}i${i}`;
        try {
          const answer = await place(addresses.url, account, {
            symbol: 'BTCUSDT',
            side: 'BUY',
            type: 'MARKET',
            quantity: '0.001',
            newClientOrderId: id,
          });
          if (answer.status) acknowledged.set(id, answer.status);
          seen = Math.max(
            seen,
            (await json<{ closeTime: number }>(`${addresses.url}/api/v3/ticker/24hr?symbol=BTCUSDT`)).closeTime,
          );
        } catch {
          return; // the exchange died under this request: its outcome is unknown
        }
      }
    });
    await new Promise((resolve) => setTimeout(resolve, 500));
    child.kill('SIGKILL');
    stop = true;
    await Promise.all(senders);
    await gone(child);
  }
  expect(acknowledged.size).toBeGreaterThan(30);
  const { child, addresses, seconds } = await start('--state-dir', stateDir, '--speed', '600');
  const ledger = await json<{
    orders: { executedQty: string }[];
    trades: { qty: string; commission: string; quoteQty: string }[];
    balances: { asset: string; free: string }[];
  }>(`${addresses.controlUrl}/ledger?account=user-1`);
  const units = (text: string) => BigInt(text.replace('.', ''));
  const bought = ledger.trades.reduce((sum, trade) => sum + units(trade.qty) - units(trade.commission), 0n);
  const spent = ledger.trades.reduce((sum, trade) => sum + units(trade.quoteQty), 0n);
  const free = (asset: string) => units(ledger.balances.find((one) => one.asset === asset)?.free ?? '0');
  expect(free('BTC')).toBe(bought);
  expect(free('USDT')).toBe(units('1000000.00000000') - spent);
  expect(seconds).toBeLessThan(6); // under a second alone; other tests share the machine
  child.kill('SIGTERM');
  expect(await gone(child)).toBe(0);
});

test('SIGTERM ends it in order within two seconds although clients hold connections open', async () => {
  const { child, addresses } = await start('--state-dir', join(folder, 'ended'));
  const socket = new Socket(`${addresses.url.replace('http', 'ws')}/ws/btcusdt@trade`);
  await new Promise((resolve) => socket.once('message', resolve));
  const began = Date.now();
  child.kill('SIGTERM');
  expect(await gone(child)).toBe(0);
  expect(Date.now() - began).toBeLessThan(2_000);
});

test('wrong options, a taken port and a state in use are refused by name', async () => {
  const stateDir = join(folder, 'busy');
  const { child, addresses } = await start('--state-dir', stateDir);
  const port = new URL(addresses.url).port;
  await expect(start('--state-dir', stateDir)).rejects.toThrow(/already uses the state/);
  await expect(start('--state-dir', join(folder, 'other'), '--port', port)).rejects.toThrow(`port ${port} is taken`);
  await expect(start('--speed', 'fast')).rejects.toThrow(/--speed has to be a number/);
  await expect(start('--data-dir', join(folder, 'nothing'))).rejects.toThrow(/cannot be read/);
  child.kill('SIGTERM');
  await gone(child);
});
