import { createRandom } from '../../trading/learning/random.js';
import { broken } from '../../commands/campaign/judge.js';
import { type Kill, killAll } from '../../commands/chaos/kills.js';
import { type Product, startProduct } from '../../commands/chaos/product.js';
import { judgeTraders, makeTraders, stopTraders } from '../../commands/chaos/traders.js';
import { compile } from '../support/servers.js';

describe('a kill of worker and database while users trade', () => {
  let product: Product;
  beforeAll(async () => {
    compile();
    product = await startProduct({ SIM_WEIGHT_LIMIT: '1000000' });
  }, 120_000);
  afterAll(() => product?.stop());

  test('leaves everyone trading, and the books equal to the exchange', async () => {
    const traders = await makeTraders(product, 2, 1);
    const told: Kill[] = [];
    const kills = await killAll({
      product,
      traders,
      processes: ['worker', 'mongodb'],
      perProcess: 1,
      random: createRandom(7),
      until: Date.now() + 120_000,
      each: (kill) => void told.push(kill),
    });
    expect(kills.map(({ process }) => process).sort()).toEqual(['mongodb', 'worker']);
    expect(kills.flatMap(({ stuck }) => stuck)).toEqual([]);
    expect(told).toEqual(kills);
    expect(await stopTraders(product, traders)).toEqual([]);
    const verdict = await judgeTraders(product, traders);
    expect({ broken: broken(verdict), verdict }).toMatchObject({ broken: 0 });
  }, 240_000);
});
