import { TIMEFRAME_MS, type Timeframe } from '../../trading/types.js';
import { readArguments, timeOption, UsageError } from '../usage.js';

export interface TrainOptions {
  data: string;
  symbol: string;
  timeframe: Timeframe;
  /** ms UTC: rows before it train, rows from it test. */
  testFrom: number;
  json?: string;
  predictions?: string;
  /** The report as an HTML page with pictures. */
  page?: string;
  /** The model itself, for `npm run backtest -- --model`. */
  saveModel?: string;
  /** Candles of a second symbol for the cross features. */
  cross?: string;
}

const USAGE =
  'npm run train -- --data FILE --symbol S --timeframe T --test-from ISO [--json OUT] [--predictions CSV] [--page HTML] [--cross FILE] [--save-model FILE]';

export function parseTrainOptions(args: string[]): TrainOptions {
  const option = { type: 'string' } as const;
  const options = {
    ...{ data: option, symbol: option, timeframe: option, 'test-from': option, json: option, predictions: option },
    ...{ page: option, cross: option, 'save-model': option },
  };
  const { values } = readArguments(USAGE, options, { args });
  const need = (name: 'data' | 'symbol' | 'timeframe' | 'test-from'): string => {
    const value = values[name];
    if (!value) throw new UsageError(`--${name} is missing. Usage: ${USAGE}`);
    return value;
  };
  const timeframe = need('timeframe');
  if (!Object.hasOwn(TIMEFRAME_MS, timeframe))
    throw new UsageError(`--timeframe is "${timeframe}"; it must be one of ${Object.keys(TIMEFRAME_MS).join(', ')}`);
  return {
    data: need('data'),
    symbol: need('symbol'),
    timeframe: timeframe as Timeframe,
    testFrom: timeOption('test-from', need('test-from'))!,
    json: values.json,
    predictions: values.predictions,
    page: values.page,
    cross: values.cross,
    saveModel: values['save-model'],
  };
}
