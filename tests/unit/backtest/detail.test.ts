import { runLive } from '../../../commands/backtest/live.js';
import { backtestOptions } from '../../../commands/backtest/options.js';
import { reportOf, summaryText } from '../../../commands/backtest/report.js';
import type { Holding } from '../../../trading/backtest/account.js';
import { createLane, exitOf } from '../../../trading/backtest/lanes.js';
import { spotRules } from '../../../trading/backtest/spotRules.js';
import { candlesFromRows } from '../../../trading/market/columns.js';
import type { CandleRow } from '../../../trading/types.js';
import { readFileSync } from 'node:fs';

const MINUTE = 60_000;
const START = Date.UTC(2024, 0, 1);
type Prices = [open: number, high: number, low: number, close: number];
const STILL: Prices = [100, 100, 100, 100];
const FALL: Prices = [100, 100, 97, 100];
const RISE: Prices = [100, 104, 100, 100];
const holding = { stop: 99, target: 103 } as Holding;

/** The exit in the first of two 5m candles, of whose minutes these are known. */
function exit(candle: Prices, minutes: Record<number, Prices>): string {
  const five = [candle, STILL].map((prices, index): CandleRow => [START + index * 5 * MINUTE, ...prices, 1]);
  const ones = Object.entries(minutes).map(
    ([minute, prices]): CandleRow => [START + Number(minute) * MINUTE, ...prices, 1],
  );
  const market = {
    ...{ symbol: 'A/USDT', votes: new Float64Array(2), warmUp: 0, candles: candlesFromRows(five) },
    detail: { candles: candlesFromRows(ones), timeframe: '1m' as const },
    rules: spotRules('A/USDT', { price: 100, feePct: 0.1 }),
  };
  const found = exitOf(createLane(market, '5m', 0.1), holding);
  return found ? `${found.reason} at ${found.price}` : 'held';
}

describe('on detail candles', () => {
  const WIDE: Prices = [100, 104, 97, 100];
  test.each<[string, Prices, Record<number, Prices>, string]>([
    ['the first level touched is taken', WIDE, { 0: STILL, 1: RISE, 2: FALL, 3: STILL, 4: STILL }, 'target at 103'],
    ['so it is the other way round', WIDE, { 0: STILL, 1: FALL, 2: RISE, 3: STILL, 4: STILL }, 'stop at 99'],
    [
      'a minute that is missing keeps no stop from filling',
      FALL,
      { 0: STILL, 1: STILL, 3: STILL, 4: STILL },
      'stop at 99',
    ],
    ['nor do missing first minutes', FALL, { 3: STILL, 4: STILL }, 'stop at 99'],
    ['nor missing last ones', FALL, { 0: STILL, 1: STILL }, 'stop at 99'],
    [
      'nor do minutes that know nothing of the touch',
      FALL,
      { 0: STILL, 1: STILL, 2: STILL, 3: STILL, 4: STILL },
      'stop at 99',
    ],
    [
      'behind a hole the order is not known, and the stop wins',
      WIDE,
      { 0: STILL, 2: RISE, 3: FALL, 4: STILL },
      'stop at 99',
    ],
    ['before a hole it is', WIDE, { 0: STILL, 1: RISE, 3: FALL, 4: STILL }, 'target at 103'],
    ['without any the candle itself counts', WIDE, { 7: STILL }, 'stop at 99'],
    [
      'minutes of a later candle are none of this one',
      FALL,
      { 0: STILL, 1: STILL, 2: STILL, 3: STILL, 5: RISE },
      'stop at 99',
    ],
    ['a candle that touches no level is no exit', STILL, { 0: FALL }, 'held'],
  ])('%s', (_name, candle, minutes, expected) => expect(exit(candle, minutes)).toBe(expected));

  test('the report says how many of them are missing', () => {
    const rows = (length: number, step: number, missing: number[] = []) =>
      candlesFromRows(
        Array.from({ length }, (_, index): CandleRow => [START + index * step, ...STILL, 1]).filter(
          (_, index) => !missing.includes(index),
        ),
      );
    const market = {
      ...{ symbol: 'A/USDT', timeframe: '5m' as const, candles: rows(60, 5 * MINUTE, [30]), warmUp: 10 },
      // Minutes of the warm-up, of a candle that is missing itself, and three of candles that are traded.
      detail: { candles: rows(300, MINUTE, [3, 151, 60, 200, 299]), timeframe: '1m' as const },
    };
    const limits = JSON.parse(readFileSync(new URL('../../../config/risk_config.json', import.meta.url), 'utf8'));
    const options = backtestOptions(['--data', 'memory', '--strategy', 'ensemble', '--symbol', 'A/USDT']);
    const run = runLive([market], options, () => undefined, limits);
    const report = reportOf(run, [market], options);
    expect(report.detail).toEqual([{ symbol: 'A/USDT', timeframe: '1m', missing: 3 }]);
    expect(summaryText(report, options)).toMatch(/Detail candles +3 of 1m missing/);
  });
});
