import type { StoredConfig } from '../../../adapters/database/configRepository.js';
import type { Repositories } from '../../../adapters/database/repositories.js';
import { BadExchangeAnswer, ExchangeUnavailable, NotSupportedByVenue } from '../../../adapters/exchange/errors.js';
import { createMarketCache } from '../../../adapters/exchange/marketCache.js';
import type { MarketExchange } from '../../../adapters/exchange/port.js';
import { toColumns } from '../../../adapters/exchange/reports.js';
import { loadDefaultConfig } from '../../../adapters/config/defaults.js';
import { createCycleReads } from '../../../activities/cycleReads.js';
import type { ActivityDependencies } from '../../../activities/dependencies.js';
import { collectMarketData } from '../../../activities/market/collectMarketData.js';
import type { EmergencyRequest } from '../../../trading/types.js';

describe('the first step of a cycle', () => {
  const stop: EmergencyRequest = { trigger: 'MANUAL_STOP', reason: 'fleet: drill' };

  /** One user's books; the exchange answers nothing, and every question to the status is counted. */
  function userWith(config: Partial<StoredConfig>, status: { halted: boolean; pendingStop: EmergencyRequest | null }) {
    const asked = { exchange: 0, status: 0 };
    const repositories = {
      config: { get: () => Promise.resolve({ ...loadDefaultConfig(), ...config }) },
      status: {
        get: () => {
          asked.status += 1;
          return Promise.resolve(status);
        },
      },
    } as unknown as Repositories;
    const venue = (): never => {
      asked.exchange += 1;
      throw new Error('the exchange does not answer');
    };
    const deps = { repositories, venue, now: () => 0 } as unknown as ActivityDependencies;
    const reads = createCycleReads(repositories, () => 0);
    return { asked, look: () => collectMarketData(deps, reads, { userId: 'u', cycle: 1 }) };
  }

  test('tells of a stop that halted the user, and asks the exchange nothing', async () => {
    const { asked, look } = userWith({ isEnabled: false }, { halted: true, pendingStop: stop });
    const report = await look();
    expect(report.pendingStop).toEqual(stop);
    expect(report.failure).toBeUndefined();
    expect(asked).toEqual({ exchange: 0, status: 1 });
  });

  test('asks for no stop while the user is enabled', async () => {
    const { asked, look } = userWith({ isEnabled: true }, { halted: true, pendingStop: stop });
    expect((await look()).failure?.message).toBe('the exchange does not answer');
    expect(asked).toEqual({ exchange: 1, status: 0 });
  });

  test('goes on to the market where the halt was taken already', async () => {
    const { look } = userWith({ isEnabled: false }, { halted: true, pendingStop: null });
    const report = await look();
    expect(report.pendingStop).toBeUndefined();
    expect(report.failure?.message).toBe('the exchange does not answer');
  });
});

describe('a symbol that has no price', () => {
  const STEP = 300_000;
  const NOW = 5_000 * STEP;

  /** A cycle's first look at an exchange that lists all but the symbols `without`, each for its own error. */
  function lookAt(symbols: string[], without: Record<string, Error>) {
    const exchange: Pick<MarketExchange, 'tickers' | 'candles'> = {
      async tickers(wanted) {
        const spoilt = wanted.find((symbol) => without[symbol]);
        if (spoilt) throw without[spoilt];
        const price = { last: 100, bid: 100, ask: 100, quoteVolume: 1, marketTime: NOW };
        return new Map(wanted.map((symbol) => [symbol, { symbol, ...price }]));
      },
      candles: async (_symbol, _timeframe, { limit }) =>
        toColumns(
          Array.from({ length: limit }, (_, i) => [NOW - (limit - i) * STEP, 100, 101, 99, 100, 1] as const),
          'test',
        ),
    };
    const repositories = {
      config: { get: () => Promise.resolve({ ...loadDefaultConfig(), isEnabled: true, symbols }) },
    } as unknown as Repositories;
    const venue = { market: createMarketCache(exchange as MarketExchange) };
    const deps = { repositories, venue: () => venue, now: () => 0 } as unknown as ActivityDependencies;
    return collectMarketData(
      deps,
      createCycleReads(repositories, () => 0),
      { userId: 'u', cycle: 1 },
    );
  }

  test.each([
    ['is not listed', new NotSupportedByVenue('Invalid symbol.')],
    ['has nonsense for a price', new BadExchangeAnswer('a bid above its ask')],
  ])('and %s is named, and the others are traded', async (_what, error) => {
    const report = await lookAt(['LUNA/USDT', 'BTC/USDT'], { 'LUNA/USDT': error });
    expect(report.failure).toBeUndefined();
    expect(report.prices).toEqual({ 'BTC/USDT': 100 });
    expect(report.unavailable).toEqual([{ symbol: 'LUNA/USDT', reason: error.message }]);
  });

  test('is a failure where no other has one', async () => {
    const report = await lookAt(['LUNA/USDT'], { 'LUNA/USDT': new NotSupportedByVenue('Invalid symbol.') });
    expect(report.failure).toEqual({ code: 'NotSupportedByVenue', message: 'Invalid symbol.' });
    expect(report.unavailable).toHaveLength(1);
  });

  test('for the exchange does not answer is no word on the symbol, and nothing else is asked', async () => {
    const report = await lookAt(['BTC/USDT'], { 'BTC/USDT': new ExchangeUnavailable('fetch failed') });
    expect(report.failure?.code).toBe('ExchangeUnavailable');
    expect(report.unavailable).toEqual([]);
  });
});
