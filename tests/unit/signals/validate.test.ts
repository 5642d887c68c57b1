import { SIGNAL_QUALITY, type SignalContext, validateSignal } from '../../../trading/signals/index.js';
import { MODES } from '../../../trading/sizing/modes.js';
import type { Signal } from '../../../trading/types.js';

const CANDLE = 1_700_000_040_000;
const signal: Signal = {
  symbol: 'BTC/USDT',
  type: 'BUY',
  confidence: 90,
  entryPrice: 100,
  stopLoss: 99,
  takeProfit: 102,
  candleTime: CANDLE,
  reasons: [],
};
const context: SignalContext = {
  now: CANDLE + 60_000,
  config: { tradingMode: 'MODERATE', timeframe: '1m' },
  snapshot: {
    symbol: 'BTC/USDT',
    price: 100,
    bid: 100,
    ask: 100,
    spreadPct: 0,
    marketTime: CANDLE + 60_000,
    candleTime: CANDLE,
    ageSeconds: 0,
    atr: 1,
    atrPct: 1,
    atrPercentile: 50,
    anomalies: [],
  },
  feeRate: 0.001,
  lastSignal: null,
  positionOpen: false,
};
const codes = (change: Partial<Signal>, around: Partial<SignalContext> = {}): string[] => {
  const verdict = validateSignal({ ...signal, ...change }, { ...context, ...around });
  return verdict.accepted ? [] : verdict.rejections.map(({ code }) => code);
};

describe('validateSignal', () => {
  test("accepts the contract's default levels in every mode", () => {
    for (const tradingMode of ['CONSERVATIVE', 'MODERATE', 'AGGRESSIVE'] as const)
      expect(codes({}, { config: { tradingMode, timeframe: '1m' } })).toEqual([]);
  });

  test('names each broken rule with its limit and the value found', () => {
    const late = CANDLE + 60_000 * (2 + SIGNAL_QUALITY.MODERATE.maxAgeCandles);
    expect(codes({}, { now: late })).toEqual(['STALE']);
    expect(codes({ confidence: MODES.MODERATE.minConfidence - 1 })).toEqual(['LOW_CONFIDENCE']);
    expect(codes({}, { lastSignal: { candleTime: CANDLE, type: 'BUY' } })).toEqual(['DUPLICATE']);
    expect(codes({}, { positionOpen: true })).toEqual(['DUPLICATE']);
    expect(codes({ takeProfit: 100.4, stopLoss: 99.9 })).toEqual(['NO_EDGE', 'REWARD_TO_RISK']);
    expect(codes({ stopLoss: 95 })).toEqual(['REWARD_TO_RISK']);
    const verdict = validateSignal({ ...signal, confidence: 10 }, context);
    expect(verdict).toEqual({
      accepted: false,
      rejections: [
        {
          approved: false,
          code: 'LOW_CONFIDENCE',
          symbol: 'BTC/USDT',
          limit: MODES.MODERATE.minConfidence,
          actual: 10,
          unit: 'points',
        },
      ],
    });
  });

  test.each([
    { stopLoss: 101 },
    { takeProfit: 99.5 },
    { stopLoss: 0 },
    { stopLoss: Number.NaN },
    { takeProfit: Number.POSITIVE_INFINITY },
    { entryPrice: Number.NaN },
  ])('refuses levels that cannot be: %j', (change) => {
    expect(codes(change)).toContain('INVALID_LEVELS');
  });

  test('is asked less of a SELL, and nothing of a HOLD', () => {
    expect(codes({ type: 'SELL', stopLoss: 101, takeProfit: 98 }, { positionOpen: true })).toEqual([]);
    expect(validateSignal({ ...signal, type: 'HOLD' }, context)).toEqual({ accepted: false, rejections: [] });
  });
});
