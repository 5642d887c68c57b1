import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface BareCcxt {
  loadMarkets(): Promise<unknown>;
  createOrder(
    symbol: string,
    type: string,
    side: string,
    amount: number,
    price: undefined,
    params: object,
  ): Promise<unknown>;
  privatePostOrderListOco(params: object): Promise<unknown>;
  privateDeleteOpenOrders(params: object): Promise<unknown>;
}

/** The same class with nothing of ours in it, used as its manual says. */
export async function bareCcxt(url: string, key: { apiKey: string; secret: string }): Promise<BareCcxt> {
  const entry = createRequire(import.meta.url).resolve('ccxt');
  const file = join(dirname(entry), '..', 'js', 'src', 'binance.js');
  const { default: Binance } = (await import(pathToFileURL(file).href)) as {
    default: new (config: object) => BareCcxt;
  };
  const api = `${url}/api/v3`;
  const client = new Binance({
    apiKey: key.apiKey,
    secret: key.secret,
    enableRateLimit: false,
    urls: { api: { public: api, private: api } },
    options: { fetchMarkets: { types: ['spot'] }, fetchMargins: false, fetchCurrencies: false },
  });
  await client.loadMarkets();
  return client;
}
