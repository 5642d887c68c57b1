/** What a backtest costs: beside a plain loop and its peers, with a model, as a process, as a search, by its size. */
import { join } from 'node:path';
import { readCandleCsv } from '../adapters/candles/csv.js';
import { projectRoot } from '../adapters/paths.js';
import { runPortfolio, runSingle } from '../trading/backtest/index.js';
import { createStrategy } from '../trading/signals/registry.js';
import type { CandleColumns } from '../trading/types.js';
import { ensembleConfig, ensembleRules } from './backtest/config.js';
import { drawCost } from './backtest/cost.js';
import { measure, repeated } from './backtest/measure.js';
import { ensembleWithModel, makeModel } from './backtest/model.js';
import { peerSpeeds } from './backtest/peers.js';
import { plainLoop } from './backtest/plainLoop.js';
import { processSeconds } from './backtest/process.js';
import { searchCost } from './backtest/search.js';

export async function run(): Promise<Record<string, unknown>> {
  const sample = readCandleCsv(join(projectRoot(), 'data', 'BTCUSDT-1m-2024-07-26_08-25.csv.gz'));
  const series = (length: number) => repeated(sample, length);
  return {
    ...Object.fromEntries([100_000, 500_000].map((size) => [`smaCross${size}`, smaCross(series(size))])),
    ensemble: [25_000, 50_000, 100_000, 200_000].map((size) => ensemble(series(size))),
    model: withModel(sample, series(100_000)),
    process: wholeProcess(series(100_000)),
    search: await search(series(10_000)),
    cost: cost(series),
  };
}

function smaCross(candles: CandleColumns): Record<string, unknown> {
  const size = candles.length;
  const own = measure(() => runSingle(candles, createStrategy('sma-cross').votes(candles), SMA_CROSS), size);
  const loop = measure(() => plainLoop(candles), size);
  const peers = peerSpeeds(candles);
  const ratio = own.millionPerSecond / loop.millionPerSecond;
  say(
    `sma-cross, ${size} candles: engine ${own.millionPerSecond.toFixed(1)}, plain loop ${loop.millionPerSecond.toFixed(1)} million/s, ratio ${ratio.toFixed(2)} (goal 0.3)`,
  );
  for (const [name, speed] of Object.entries({ vectorbt: peers.vectorbt, 'backtesting.py': peers.backtesting }))
    if (speed)
      say(
        `  ${name} ${speed.toFixed(3)} million/s: the engine is ${(own.millionPerSecond / speed).toFixed(1)}x${name === 'vectorbt' ? ' (goal 8)' : ''}`,
      );
  if (peers.note) say(`  ${peers.note}`);
  return { ...own, plainLoop: loop.millionPerSecond, ratioToPlainLoop: ratio, ...peers };
}

const SMA_CROSS = {
  ...{ symbol: 'BTC/USDT', cash: 10_000, sizePct: 100, feePct: 0.1, slippagePct: 0, stopLossPct: 1, takeProfitPct: 2 },
  ...{ buyFrom: 0.5, sellFrom: Number.NEGATIVE_INFINITY },
};

function ensemble(candles: CandleColumns) {
  const market = { symbol: 'BTC/USDT', candles, warmUp: 40, rules: ensembleRules };
  const options = { config: ensembleConfig, cash: 10_000, feePct: 0.1, slippagePct: 0 };
  const once = () => runPortfolio([{ ...market, votes: createStrategy('ensemble').votes(candles) }], options);
  const speed = measure(once, candles.length, 8);
  say(`ensemble by live's rules, ${candles.length} candles: ${text(speed)} (goal 1)`);
  return { size: candles.length, ...speed };
}

function withModel(sample: CandleColumns, candles: CandleColumns) {
  const model = makeModel(sample);
  const proposals = ensembleWithModel(model, candles, false);
  const every = ensembleWithModel(model, candles, true);
  say(`with a model that is asked about proposals: ${text(proposals)} (goal 0.5)`);
  say(`with one that learns from every candle's outcome: ${text(every)} (goal 0.5)`);
  return { proposals, every };
}

function wholeProcess(candles: CandleColumns) {
  const seconds = { smaCross: processSeconds(candles, 'sma-cross'), ensemble: processSeconds(candles, 'ensemble') };
  say(
    `npm run backtest on ${candles.length} gzipped rows: sma-cross ${seconds.smaCross.toFixed(2)} s, ensemble ${seconds.ensemble.toFixed(2)} s (goal 1.0)`,
  );
  return seconds;
}

async function search(candles: CandleColumns) {
  const found = await searchCost(candles);
  say(
    `search: ${found.trials} trials on ${found.candles} candles in ${found.seconds.toFixed(1)} s, ${(100 * found.used).toFixed(0)} % of the processors (goal 90)`,
  );
  return found;
}

function cost(series: (length: number) => CandleColumns) {
  const points = drawCost(projectRoot(), series);
  for (const { symbols, candles, milliseconds } of points)
    say(
      `cost: ${symbols} symbol${symbols > 1 ? 's' : ''}, ${candles} candles: ${milliseconds.toFixed(0)} ms of processor time, ${((1e6 * milliseconds) / candles).toFixed(0)} ns a candle`,
    );
  return points;
}

const text = ({ millionPerSecond, millionPerCpuSecond }: ReturnType<typeof measure>): string =>
  `${millionPerSecond.toFixed(2)} million/s, of processor time ${millionPerCpuSecond.toFixed(2)}`;
const say = (line: string): void => console.log(line);
