import { MODEL_MAX_AGE_DAYS } from '../../trading/learning/age.js';
import { STRATEGIES } from '../../trading/signals/registry.js';
import { WITHOUT_MODEL, type WithoutModel } from '../../trading/signals/withoutModel.js';
import {
  ENTRY_POLICIES,
  type EntryPolicy,
  TIMEFRAME_MS,
  type Timeframe,
  TRADING_MODES,
  type TradingMode,
} from '../../trading/types.js';
import { numberOption, readArguments, timeOption, UsageError } from '../usage.js';

export const USAGE = `npm run backtest -- --data FILE --strategy NAME [options]

  --data FILE          candles as CSV, plain or gzipped (several: repeat it, with --symbol each)
  --symbol S           BTC/USDT by default          --timeframe T      taken from the data by default
  --from ISO --to ISO  from inclusive, to exclusive --warm-up N        candles before --from, for indicators only
  --strategy NAME      ${Object.keys(STRATEGIES).join(', ')}
  --param name=value   a parameter of the strategy, as often as needed
  --fee 0.1            percent per side             --slippage 0       percent against you at the market
  --stop-loss 1        percent, 0 for none          --take-profit 2    percent, 0 for none
  --cash 10000         --size-pct 100               percent of the cash that an entry spends
                                                    (live rules: positionSizePct, 2 by default)
  --rules plain|live   live: the trading loop's signal checks, risk checks and sizing (the ensemble's default)
  --mode MODERATE      trading mode for --rules live (${TRADING_MODES.join(', ')})
  --policy ensemble    or edge: an entry needs the model's probability to cover costs (--rules live)
  --model FILE         scores the proposals as live does (--rules live; one for each symbol, see npm run train)
  --without-model W    what a buy is worth that no model answers: reduced (a tenth less confidence; usual with
                       --model, as in live), hold, or full (usual without one) (--rules live)
  --model-max-age 30   days after its data from which a model says nothing any more, as in live; 0 for never
  --detail FILE        smaller candles on which fills happen (--rules live)
  --min-notional N     smallest order, quote units (--rules live; Binance's by default: 5 of a dollar or euro,
                       0.0001 BTC, 0.001 ETH, 0.01 BNB, 10 TRY or BRL, 500 JPY)
  --repeat N           time the engine N times and report the best
  --json OUT --html OUT`;

export interface BacktestOptions {
  sources: { path: string; symbol: string; detail?: string }[];
  timeframe?: Timeframe;
  from?: number;
  to?: number;
  warmUp: number;
  strategy: string;
  params: Record<string, number>;
  feePct: number;
  slippagePct: number;
  stopLossPct: number;
  takeProfitPct: number;
  cash: number;
  sizePct: number;
  rules: 'plain' | 'live';
  mode: TradingMode;
  policy: EntryPolicy;
  /** Paths of saved models. */
  models: string[];
  withoutModel: WithoutModel;
  /** Days; 0 means for ever. */
  modelMaxAge: number;
  /** Quote units; the venue's own unless given. */
  minNotional?: number;
  repeat: number;
  json?: string;
  html?: string;
  quiet: boolean;
}

const text = { type: 'string' } as const;
const many = { type: 'string', multiple: true } as const;

/** Options of `npm run backtest`. Throws UsageError on anything that is not understood. */
export function backtestOptions(args: string[]): BacktestOptions {
  const { values } = readArguments(
    USAGE,
    {
      data: many,
      symbol: many,
      detail: many,
      param: many,
      timeframe: text,
      from: text,
      to: text,
      'warm-up': text,
      strategy: text,
      fee: text,
      slippage: text,
      'stop-loss': text,
      'take-profit': text,
      cash: text,
      'size-pct': text,
      rules: text,
      mode: text,
      policy: text,
      model: many,
      'model-max-age': text,
      'without-model': text,
      'min-notional': text,
      repeat: text,
      json: text,
      html: text,
      quiet: { type: 'boolean' },
    },
    { args },
  );
  if (!values.strategy) throw new UsageError(`--strategy is missing; there are ${Object.keys(STRATEGIES).join(', ')}`);
  const rules = oneOf('rules', values.rules ?? (values.strategy === 'ensemble' ? 'live' : 'plain'), [
    'plain',
    'live',
  ] as const);
  const from = timeOption('from', values.from);
  const to = timeOption('to', values.to);
  if (from !== undefined && to !== undefined && from >= to) throw new UsageError('--from must be before --to');
  const policy = oneOf('policy', values.policy ?? 'ensemble', ENTRY_POLICIES);
  const models = values.model ?? [];
  if (rules === 'plain' && (models.length > 0 || policy === 'edge' || values['without-model'] !== undefined))
    throw new UsageError('--model, --policy edge and --without-model need --rules live: the plain rules ask no model');
  if (rules === 'plain' && values.detail)
    throw new UsageError('--detail needs --rules live: the plain rules look at the candles of --data only');
  if (rules === 'plain' && values['min-notional'] !== undefined)
    throw new UsageError('--min-notional needs --rules live: the plain rules have no filters');
  if (policy === 'edge' && models.length === 0)
    throw new UsageError('--policy edge needs --model: without one nothing is entered');
  const timeframes = Object.keys(TIMEFRAME_MS) as Timeframe[];
  return {
    sources: sourcesOf(values.data ?? [], values.symbol ?? [], values.detail ?? []),
    timeframe: values.timeframe === undefined ? undefined : oneOf('timeframe', values.timeframe, timeframes),
    from,
    to,
    warmUp: numberOption('warm-up', values['warm-up'], 0, { min: 0, max: 1e6, integer: true }),
    strategy: values.strategy,
    params: paramsOf(values.param ?? []),
    feePct: numberOption('fee', values.fee, 0.1, { min: 0, max: 50 }),
    slippagePct: numberOption('slippage', values.slippage, 0, { min: 0, max: 50 }),
    stopLossPct: numberOption('stop-loss', values['stop-loss'], 1, { min: 0, max: 99.9 }),
    takeProfitPct: numberOption('take-profit', values['take-profit'], 2, { min: 0, max: 10_000 }),
    cash: numberOption('cash', values.cash, 10_000, { min: 1e-9, max: 1e15 }),
    sizePct: numberOption('size-pct', values['size-pct'], rules === 'live' ? 2 : 100, { min: 1e-6, max: 100 }),
    rules,
    mode: oneOf('mode', values.mode ?? 'MODERATE', TRADING_MODES),
    policy,
    models,
    withoutModel: oneOf(
      'without-model',
      values['without-model'] ?? (models.length > 0 ? 'reduced' : 'full'),
      WITHOUT_MODEL,
    ),
    modelMaxAge: numberOption('model-max-age', values['model-max-age'], MODEL_MAX_AGE_DAYS, { min: 0, max: 36_500 }),
    ...(values['min-notional'] !== undefined && {
      minNotional: numberOption('min-notional', values['min-notional'], 0, { min: 0, max: 1e12 }),
    }),
    repeat: numberOption('repeat', values.repeat, 1, { min: 1, max: 100_000, integer: true }),
    json: values.json,
    html: values.html,
    quiet: values.quiet ?? false,
  };
}

function sourcesOf(data: string[], symbols: string[], details: string[]): BacktestOptions['sources'] {
  if (data.length === 0) throw new UsageError('--data is missing: a CSV file of candles, plain or gzipped');
  if (symbols.length > data.length || (data.length > 1 && symbols.length !== data.length))
    throw new UsageError(
      `each --data needs its own --symbol: there are ${data.length} files and ${symbols.length} symbols`,
    );
  if (details.length > 0 && details.length !== data.length)
    throw new UsageError(
      `each --data needs its own --detail: there are ${data.length} files and ${details.length} detail files`,
    );
  if (new Set(symbols).size !== symbols.length) throw new UsageError('each --symbol may be given once');
  return data.map((path, index) => ({ path, symbol: symbols[index] ?? 'BTC/USDT', detail: details[index] }));
}

function paramsOf(pairs: string[]): Record<string, number> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, name, value] = /^([^=]+)=(.+)$/.exec(pair) ?? [];
      if (!name || !Number.isFinite(Number(value))) throw new UsageError(`--param needs name=number, not "${pair}"`);
      return [name, Number(value)];
    }),
  );
}

function oneOf<Word extends string>(name: string, value: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === value);
  if (found === undefined) throw new UsageError(`--${name} must be one of ${words.join(', ')}, not "${value}"`);
  return found;
}
