/**
 * Steps the local exchange candle by candle, runs the whole live system on paper, and compares with the backtest of the
 * same candles. Exit code 1 where they differ.
 */
import { writeFileSync } from 'node:fs';
import { TIMEFRAME_MS, TRADING_MODES, type Timeframe, type TradingConfig, type TradingMode } from '../trading/types.js';
import { compare, type Comparison } from './parity/compare.js';
import { CASH, PARTIAL_FRACTION, parityConfig } from './parity/config.js';
import { runLive } from './parity/live.js';
import { numberOption, readArguments, runCommand, UsageError } from './usage.js';

const USAGE = `npm run parity -- [--cycles 1000] [--symbols BTC/USDT,ETH/USDT] [--timeframe 1m] [--stop-loss 0.4] [--take-profit 0.8]
  [--size-pct 20] [--mode AGGRESSIVE] [--exits] [--partial-fraction F] [--json OUT]`;

const SHOWN = 20;

await runCommand(async () => {
  const { config, cycles, json } = options();
  console.log(`${cycles} candles of ${config.timeframe}, ${config.symbols.join(' and ')}, ${config.tradingMode}`);
  const live = await runLive(config, cycles, (line) => console.log(line));
  const found = compare(live, config, CASH);
  for (const line of summary(found, live.seconds)) console.log(line);
  if (json) writeFileSync(json, `${JSON.stringify({ seconds: live.seconds, ...found }, null, 1)}\n`);
  if (found.differences.length > 0) process.exitCode = 1;
});

function options(): { config: TradingConfig; cycles: number; json: string | undefined } {
  const { values } = readArguments(USAGE, {
    cycles: { type: 'string' },
    symbols: { type: 'string', default: 'BTC/USDT,ETH/USDT' },
    timeframe: { type: 'string', default: '1m' },
    'stop-loss': { type: 'string' },
    'take-profit': { type: 'string' },
    'size-pct': { type: 'string' },
    mode: { type: 'string', default: 'AGGRESSIVE' },
    exits: { type: 'boolean', default: false },
    'partial-fraction': { type: 'string' },
    json: { type: 'string' },
  });
  if (!(values.timeframe in TIMEFRAME_MS))
    throw new UsageError(
      `--timeframe must be one of ${Object.keys(TIMEFRAME_MS).join(', ')}, not "${values.timeframe}"`,
    );
  if (!TRADING_MODES.includes(values.mode as TradingMode))
    throw new UsageError(`--mode must be one of ${TRADING_MODES.join(', ')}, not "${values.mode}"`);
  const percent = (name: 'stop-loss' | 'take-profit' | 'size-pct', fallback: number) =>
    numberOption(name, values[name], fallback, { min: 0.05, max: 100 });
  return {
    cycles: numberOption('cycles', values.cycles, 1_000, { min: 2, max: 100_000, integer: true }),
    json: values.json,
    config: parityConfig(
      {
        symbols: values.symbols.split(','),
        timeframe: values.timeframe as Timeframe,
        tradingMode: values.mode as TradingMode,
        stopLossPct: percent('stop-loss', 0.4),
        takeProfitPct: percent('take-profit', 0.8),
        positionSizePct: percent('size-pct', 20),
      },
      values.exits,
      numberOption('partial-fraction', values['partial-fraction'], PARTIAL_FRACTION, { min: 0, max: 1 }),
    ),
  };
}

function summary(found: Comparison, seconds: number): string[] {
  const { cycles, signals, acted, entries, exits, finalEquity, largestEquityGap, differences } = found;
  const reasons = Object.entries(exits).map(([reason, count]) => `${count} ${reason}`);
  return [
    `${cycles} cycles in ${seconds.toFixed(0)} s (${((1000 * seconds) / cycles).toFixed(0)} ms each)`,
    `${signals} signals, ${acted} of them BUY or SELL; ${entries} entries (${reasons.join(', ')})`,
    `equity at the last cycle: live ${finalEquity.live.toFixed(4)}, backtest ${finalEquity.backtest.toFixed(4)}; largest gap ${largestEquityGap.toFixed(6)}`,
    differences.length === 0 ? 'no difference' : `${differences.length} differences:`,
    ...differences.slice(0, SHOWN).map((line) => `  ${line}`),
    ...(differences.length > SHOWN ? [`  and ${differences.length - SHOWN} more`] : []),
  ];
}
