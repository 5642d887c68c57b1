import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { createExchange } from '../adapters/exchange/exchange.js';
import { buildWorkflowsOnce } from '../commands/campaign/build.js';
import { bareCcxt } from './orders/bareCcxt.js';
import { percentile, timed } from './orders/measure.js';
import { measureSafePath, type SafePathResult } from './orders/safePath.js';
import { measureStops, type StopsResult } from './orders/stops.js';

export interface OrderPathResult {
  name: string;
  orders: number;
  /** Median time of one placement, ms. */
  bareP50Ms: number;
  oursP50Ms: number;
  bareP99Ms: number;
  oursP99Ms: number;
  /** Ours over bare, medians. */
  ratio: number;
  goal: string;
  /** Resident bytes that each further user's instance took. */
  bytesPerUser: number;
  /** With the database, inside an activity and through Temporal. */
  safePath: SafePathResult;
  stops: StopsResult;
}

export async function run(): Promise<OrderPathResult> {
  await buildWorkflowsOnce();
  return { ...(await edge()), safePath: await measureSafePath(), stops: await measureStops() };
}

const ORDERS = 1_500;
const WARM_UP = 300;
const USERS = 300;

/**
 * What our placement costs over a bare ccxt createOrder: both send the same order to the same loopback exchange (in a
 * thread of its own), taking turns, so that a busy machine slows both alike.
 */
async function edge(): Promise<Omit<OrderPathResult, 'safePath' | 'stops'>> {
  const server = await startServer();
  const exchange = createExchange({ venue: 'simulator', url: server.url, weightLimit: 10_000_000 });
  try {
    const key = { id: 'bench', apiKey: 'k'.repeat(64), secret: 's'.repeat(64) };
    const account = exchange.account(key);
    const bareClient = await bareCcxt(server.url, key);
    const bare: number[] = [];
    const ours: number[] = [];
    for (let i = 0; i < WARM_UP + ORDERS; i++) {
      const bareMs = await timed(() =>
        bareClient.createOrder('BTC/USDT', 'market', 'buy', 0.01, undefined, { clientOrderId: `bare-${i}` }),
      );
      const oursMs = await timed(() => placeOne(`ours-${i}`));
      if (i < WARM_UP) continue;
      bare.push(bareMs);
      ours.push(oursMs);
    }
    const [bareP50Ms, oursP50Ms] = [percentile(bare, 0.5), percentile(ours, 0.5)];
    return {
      name: 'order path: placeOrder over bare ccxt createOrder, loopback',
      orders: ORDERS,
      bareP50Ms,
      oursP50Ms,
      bareP99Ms: percentile(bare, 0.99),
      oursP99Ms: percentile(ours, 0.99),
      ratio: oursP50Ms / bareP50Ms,
      goal: 'ratio at most 2; at most 600000 bytes a user',
      bytesPerUser: await bytesPerUser(),
    };

    async function placeOne(clientOrderId: string) {
      const { serverTime } = await exchange.market.serverTime();
      const fence = { timestamp: Math.round(serverTime), recvWindow: 3_000 };
      return account.placeOrder({
        symbol: 'BTC/USDT',
        side: 'BUY',
        type: 'MARKET',
        quantity: '0.01',
        clientOrderId,
        fence,
      });
    }

    /** The first instance is made; these are the further ones, each having placed an order. */
    async function bytesPerUser(): Promise<number> {
      const before = heapAfterCollection();
      for (let i = 0; i < USERS; i++) {
        const user = { id: `user-${i}`, apiKey: `key-${i}`, secret: `secret-${i}` };
        const fence = { timestamp: Date.now(), recvWindow: 3_000 };
        await exchange.account(user).placeOrder({
          symbol: 'BTC/USDT',
          side: 'BUY',
          type: 'MARKET',
          quantity: '0.01',
          clientOrderId: `u-${i}`,
          fence,
        });
      }
      return Math.round((heapAfterCollection() - before) / USERS);
    }
  } finally {
    await exchange.close();
    await server.stop();
  }
}

function heapAfterCollection(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Node without --expose-gc: the flag can be set late and the function fetched from a new context. */
function collect(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

async function startServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const worker = new Worker(SERVER, { eval: true });
  const port = await new Promise<number>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  return { url: `http://127.0.0.1:${port}`, stop: async () => void (await worker.terminate()) };
}

/** The least that can answer both: it fills every order. */
const SERVER = `
const http = require('node:http');
const { parentPort } = require('node:worker_threads');
const filters = [
  { filterType: 'PRICE_FILTER', minPrice: '0.01', maxPrice: '1000000.00', tickSize: '0.01' },
  { filterType: 'LOT_SIZE', minQty: '0.00001', maxQty: '9000.0', stepSize: '0.00001' },
  { filterType: 'NOTIONAL', minNotional: '5.0', maxNotional: '9000000.0' },
];
const info = JSON.stringify({ timezone: 'UTC', serverTime: 1, rateLimits: [], symbols: [{
  symbol: 'BTCUSDT', status: 'TRADING', baseAsset: 'BTC', quoteAsset: 'USDT', ocoAllowed: true, isSpotTradingAllowed: true,
  baseAssetPrecision: 8, quotePrecision: 8, orderTypes: ['LIMIT', 'LIMIT_MAKER', 'MARKET'], permissions: ['SPOT'], filters }] });
const placed = (id) => JSON.stringify({ symbol: 'BTCUSDT', orderId: 1, orderListId: -1, clientOrderId: id, transactTime: Date.now(),
  price: '0.00', origQty: '0.01', executedQty: '0.01', cummulativeQuoteQty: '600.0', status: 'FILLED', timeInForce: 'GTC',
  type: 'MARKET', side: 'BUY', fills: [{ price: '60000.0', qty: '0.01', commission: '0.00001', commissionAsset: 'BTC', tradeId: 1 }] });
const server = http.createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => { body += chunk; });
  request.on('end', () => {
    response.setHeader('Content-Type', 'application/json');
    if (request.url.startsWith('/api/v3/time')) return response.end(JSON.stringify({ serverTime: Date.now() }));
    if (request.url.startsWith('/api/v3/exchangeInfo')) return response.end(info);
    response.setHeader('X-MBX-USED-WEIGHT-1M', '1');
    response.end(placed(new URLSearchParams(body).get('newClientOrderId')));
  });
});
server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;
