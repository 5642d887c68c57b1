import { marketSnapshot, sliceCandles } from '../../../trading/market/index.js';
import {
  createStrategy,
  decide,
  ENSEMBLE_WARM_UP,
  evaluateSignal,
  reducedConfidence,
  validateSignal,
} from '../../../trading/signals/index.js';
import { MODES } from '../../../trading/sizing/modes.js';
import type { CandleColumns, TradingConfig } from '../../../trading/types.js';
import { recordedCandles } from '../../support/candles.js';

const FEE_RATE = 0.001;
const WINDOW = 40;
const MINUTE = 60_000;
const config: Pick<TradingConfig, 'tradingMode' | 'stopLossPct' | 'takeProfitPct' | 'timeframe'> = {
  tradingMode: 'AGGRESSIVE',
  stopLossPct: 1,
  takeProfitPct: 2,
  timeframe: '1m',
};

const bitcoin = recordedCandles('data/BTCUSDT-1m-2024-07-26_08-25.csv.gz');
const ether = recordedCandles('data/ETHUSDT-1m-2024-07-26_08-25.csv.gz');
const scores = new Map([bitcoin, ether].map((candles) => [candles, createStrategy('ensemble').votes(candles)]));

/** What live does at one closed candle: snapshot, signal, validation, with a spread of two ticks. */
function live(candles: CandleColumns, index: number, symbol: string) {
  const known = sliceCandles(candles, 0, index + 1);
  const last = known.close[index]!;
  const ticker = { last, bid: last - 0.01, ask: last + 0.01, marketTime: known.timestamp[index]! + MINUTE };
  const snapshot = marketSnapshot(sliceCandles(known, -100), ticker, symbol, '1m');
  const signal = evaluateSignal(known, { symbol, config, snapshot, feeRate: FEE_RATE });
  const context = {
    now: ticker.marketTime,
    config,
    snapshot,
    feeRate: FEE_RATE,
    lastSignal: null,
    positionOpen: false,
  };
  return { signal, verdict: validateSignal(signal, context) };
}

describe('a first entry for an AGGRESSIVE user on 1m candles', () => {
  test('at least 97 of 100 stretches of 40 candles hold a BUY that AGGRESSIVE accepts before there is a model', () => {
    const wanted = MODES.AGGRESSIVE.minConfidence;
    const times = [...bitcoin.timestamp];
    const etherAt = new Map([...ether.timestamp].map((time, index) => [time, index]));
    const buys = times.map((time, index) => {
      const other = etherAt.get(time);
      const both = [scores.get(bitcoin)![index]!, other === undefined ? Number.NaN : scores.get(ether)![other]!];
      return both.some(
        (score) => decide(score).type === 'BUY' && reducedConfidence(decide(score).confidence) >= wanted,
      );
    });
    let stretches = 0;
    let served = 0;
    for (let start = ENSEMBLE_WARM_UP; start + WINDOW <= buys.length; start++) {
      stretches += 1;
      if (buys.slice(start, start + WINDOW).includes(true)) served += 1;
    }
    expect(stretches).toBeGreaterThan(43_000);
    expect(served / stretches).toBeGreaterThanOrEqual(0.97);
  });

  test("costs, edge and reward to risk at the default stop and target stand in no such entry's way", () => {
    let buys = 0;
    for (let index = 300; index < 700; index++) {
      const score = scores.get(bitcoin)![index]!;
      const { signal, verdict } = live(bitcoin, index, 'BTC/USDT');
      expect({ type: signal.type, confidence: signal.confidence }).toEqual(decide(score));
      if (signal.type !== 'BUY') continue;
      buys += 1;
      const strong = signal.confidence >= MODES.AGGRESSIVE.minConfidence;
      expect(verdict.accepted).toBe(strong);
      if (!verdict.accepted) expect(verdict.rejections.map(({ code }) => code)).toEqual(['LOW_CONFIDENCE']);
    }
    expect(buys).toBeGreaterThan(50);
  });
});
