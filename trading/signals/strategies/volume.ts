import { atrStream } from '../../indicators/atr.js';
import { sma, smaStream } from '../../indicators/sma.js';
import { sharedIndicators } from '../shared.js';
import { amount, candleCount, graded, type StrategyFactory } from '../strategy.js';

/** Much more volume than usual says that the candle's direction is meant. */
export const volume: StrategyFactory = {
  description: 'direction of a candle with unusual volume, by its body in ATRs',
  meaning: { buy: 'unusual volume on a rising candle', sell: 'unusual volume on a falling candle' },
  exitsOnSignal: true,
  parameters: {
    period: candleCount(20, 'candles of the usual volume, the current one left out'),
    atrPeriod: candleCount(14, 'candles of the ATR'),
    from: amount(1.2, 0, 100, 'multiple of the usual volume from which it counts'),
    full: amount(2.5, 0.1, 1000, 'multiple from which it counts fully'),
    fullBody: amount(0.8, 0.01, 20, 'body, in ATRs, that counts fully'),
  },
  create({ period, atrPeriod, from, full, fullBody }) {
    const fullExcess = Math.max(full! - from!, 1e-9);
    /** `usual`: the average volume of the candles before; `body`: close less open. */
    const vote = (traded: number, usual: number, body: number, range: number): number => {
      if (!(usual > 0)) return Number.isNaN(usual + range) ? Number.NaN : 0;
      if (Number.isNaN(range)) return Number.NaN;
      const weight = graded(traded / usual - from!, fullExcess);
      return weight > 0 ? graded(body, range * fullBody!) * weight : 0;
    };
    return {
      warmUp: Math.max(period!, atrPeriod!),
      votes(candles, shared = sharedIndicators(candles)) {
        const { open, close } = candles;
        const usual = sma(candles.volume, period!);
        const range = shared.atr(atrPeriod!);
        const votes = new Float64Array(candles.length).fill(Number.NaN, 0, 1);
        for (let index = 1; index < votes.length; index++)
          votes[index] = vote(candles.volume[index]!, usual[index - 1]!, close[index]! - open[index]!, range[index]!);
        return votes;
      },
      stream() {
        const [average, ranges] = [smaStream(period!), atrStream(atrPeriod)];
        let usual = Number.NaN;
        return (open, high, low, close, traded) => {
          const answer = vote(traded, usual, close - open, ranges(high, low, close, traded));
          usual = average(traded);
          return answer;
        };
      },
    };
  },
};
