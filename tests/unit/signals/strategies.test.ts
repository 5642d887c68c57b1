import fc from 'fast-check';
import { highest } from '../../../trading/indicators/extremes.js';
import { sliceCandles } from '../../../trading/market/columns.js';
import {
  createStrategy,
  evaluateSignal,
  findLookahead,
  findVotesUnlikeStream,
  leadingStrategy,
  STRATEGIES,
  type StrategyFactory,
} from '../../../trading/signals/index.js';
import type { CandleColumns } from '../../../trading/types.js';
import { candlesArbitrary, recordedCandles } from '../../support/candles.js';

const names = Object.keys(STRATEGIES);
const bitcoin = recordedCandles('data/BTCUSDT-1m-2024-07-26_08-25.csv.gz');
const ether = recordedCandles('data/ETHUSDT-1m-2024-07-26_08-25.csv.gz');

describe.each(names)('strategy %s', (name) => {
  const strategy = createStrategy(name);

  test('votes from -1 to 1 once warm, NaN before, and opens its mouth on recorded candles', () => {
    const votes = strategy.votes(bitcoin);
    expect(votes).toHaveLength(bitcoin.length);
    expect(votes[strategy.warmUp - 1]).toBeNaN();
    expect(votes.subarray(strategy.warmUp).every((vote) => vote >= -1 && vote <= 1)).toBe(true);
    expect(votes.some((vote) => vote > 0)).toBe(true);
  });

  test.each([
    ['BTC', bitcoin],
    ['ETH', ether],
  ])('votes at every recorded candle of %s what its stream says, which knows no later one', (_symbol, candles) => {
    expect(candles.length).toBeGreaterThan(43_000);
    expect(findVotesUnlikeStream(strategy, candles)).toEqual([]);
  });

  test('votes as its stream on any candles, with any parameters', () => {
    const { parameters }: StrategyFactory = STRATEGIES[name as keyof typeof STRATEGIES];
    const values = Object.entries(parameters).map(([key, { integer, min, max }]) =>
      (integer
        ? fc.integer({ min, max: Math.min(max, 25) })
        : fc.double({ min, max: Math.min(max, 50), noNaN: true })
      ).map((value): [string, number] => [key, value]),
    );
    fc.assert(
      fc.property(candlesArbitrary(1, 90), fc.tuple(...values), (candles, params) => {
        const { fast = 0, slow = 1 } = Object.fromEntries(params);
        fc.pre(fast < slow);
        const tuned = createStrategy(name, Object.fromEntries(params));
        expect(findVotesUnlikeStream(tuned, candles)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test('votes the same on truncated history of any candles', () => {
    fc.assert(
      fc.property(candlesArbitrary(40, 140), fc.integer({ min: 1, max: 39 }), (candles, short) => {
        const known = candles.length - short;
        expect(strategy.votes(sliceCandles(candles, 0, known))).toEqual(strategy.votes(candles).slice(0, known));
      }),
      { numRuns: 10 },
    );
  });

  test('refuses parameters that it does not have or that are out of range', () => {
    expect(() => createStrategy(name, { nonsense: 1 })).toThrow(/has no parameter "nonsense"; it has /);
    const [parameter, spec] = Object.entries(STRATEGIES[name as keyof typeof STRATEGIES].parameters)[0]!;
    expect(() => createStrategy(name, { [parameter]: spec.max + 1 })).toThrow(`${parameter} must be`);
    expect(spec.meaning.length).toBeGreaterThan(5);
  });
});

describe('the lookahead analysis', () => {
  const planted = {
    'the next candle': (candles: CandleColumns) =>
      candles.close.map((close, index) => ((candles.close[index + 1] ?? close) > close ? 1 : -1)),
    'the extreme of the whole series': (candles: CandleColumns) =>
      candles.close.map((close) => close / Math.max(...candles.close)),
    'a centred window': (candles: CandleColumns) => {
      const top = highest(candles.high, 5);
      return candles.close.map((close, index) => (close >= (top[index + 2] ?? Number.POSITIVE_INFINITY) ? 1 : 0));
    },
  };
  test.each(Object.entries(planted))('catches a strategy that reads %s', (_name, votes) => {
    const findings = findLookahead((known) => ({ votes: votes(known) }), sliceCandles(bitcoin, 0, 600));
    expect(findings.length).toBeGreaterThan(0);
    expect(findings[0]!.index).toBeLessThan(findings[0]!.known);
  });

  test('catches a peek at a single candle of all, which cuts alone can miss', () => {
    const secret = bitcoin.timestamp[20_011]!;
    const votes = (known: CandleColumns) => {
      const at = known.timestamp.indexOf(secret);
      const all = new Float64Array(known.length);
      if (at >= 0 && known.close[at + 1] !== undefined) all[at] = 1;
      return all;
    };
    expect(findLookahead((known) => ({ votes: votes(known) }), bitcoin, 12)).toEqual([]);
    expect(findVotesUnlikeStream({ votes, stream: () => () => 0 }, bitcoin)).toEqual([
      { column: 'votes', index: 20_011, known: 20_012, truncated: 0, full: 1 },
    ]);
  });

  const everyStrategy = (known: CandleColumns): Record<string, Float64Array> =>
    Object.fromEntries(names.map((name) => [name, createStrategy(name).votes(known)]));

  test.each([
    ['BTC', bitcoin],
    ['ETH', ether],
  ])('finds nothing in any strategy where the recorded candles of %s are cut', (_symbol, candles) => {
    expect(findLookahead(everyStrategy, candles, 4)).toEqual([]);
  });
});

describe('evaluateSignal', () => {
  const at = (length: number) => {
    const candles = sliceCandles(bitcoin, 0, length);
    const price = candles.close[length - 1]!;
    const snapshot = {
      symbol: 'BTC/USDT',
      price,
      bid: price - 1,
      ask: price + 1,
      spreadPct: 0.003,
      marketTime: candles.timestamp[length - 1]! + 60_000,
      candleTime: candles.timestamp[length - 1]!,
      ageSeconds: 0,
      atr: 10,
      atrPct: 0.01,
      atrPercentile: 50,
      anomalies: [],
    };
    const config = { tradingMode: 'MODERATE', stopLossPct: 1, takeProfitPct: 2, timeframe: '1m' } as const;
    return evaluateSignal(candles, { symbol: 'BTC/USDT', config, snapshot, feeRate: 0.001 });
  };

  test('says at each candle what the whole history says there', () => {
    const votes = createStrategy('ensemble').votes(bitcoin);
    for (let length = 100; length < 400; length += 7) {
      const signal = at(length);
      expect(signal.confidence).toBe(Math.round(100 * Math.abs(votes[length - 1]!)));
      expect(signal.candleTime).toBe(bitcoin.timestamp[length - 1]);
      if (signal.type === 'BUY')
        expect([signal.stopLoss / signal.entryPrice, signal.takeProfit / signal.entryPrice]).toEqual([
          expect.closeTo(0.99, 12),
          expect.closeTo(1.02, 12),
        ]);
      if (signal.type === 'SELL') expect(signal.stopLoss).toBeGreaterThan(signal.takeProfit);
      expect(signal.reasons.length).toBeGreaterThan(0);
    }
  });

  test('holds and says why while it has too few candles', () => {
    expect(at(20)).toMatchObject({
      type: 'HOLD',
      confidence: 0,
      reasons: [expect.stringContaining('only 20 closed candles')],
    });
    expect(() => at(0)).toThrow();
  });
});

describe('leadingStrategy', () => {
  test('is the one whose weighted vote spoke loudest for the side', () => {
    expect(leadingStrategy({ trend: 0.2, momentum: 0.6, volume: 0.7, 'mean-reversion': -0.9 }, 1)).toBe('momentum');
    expect(leadingStrategy({ trend: 0.2, momentum: 0.6, 'mean-reversion': -0.9 }, -1)).toBe('mean-reversion');
  });
  test('is nobody where nobody spoke for the side', () => {
    expect(leadingStrategy({ trend: -0.2, momentum: 0 }, 1)).toBeNull();
    expect(leadingStrategy({}, 1)).toBeNull();
  });
});
