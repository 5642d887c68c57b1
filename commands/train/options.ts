import { parseArgs } from 'node:util';
import { parseTime } from '../../trading/parseTime.js';
import { TIMEFRAME_MS, type Timeframe } from '../../trading/types.js';

export class UsageError extends Error {
  override name = 'UsageError';
}

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
  let values: Record<string, string | undefined>;
  try {
    values = parseArgs({
      args,
      options: {
        data: option,
        symbol: option,
        timeframe: option,
        'test-from': option,
        json: option,
        predictions: option,
        page: option,
        cross: option,
        'save-model': option,
      },
    }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message}. Usage: ${USAGE}`);
  }
  const need = (name: string): string => {
    const value = values[name];
    if (!value) throw new UsageError(`--${name} is missing. Usage: ${USAGE}`);
    return value;
  };
  const timeframe = need('timeframe');
  if (!(timeframe in TIMEFRAME_MS))
    throw new UsageError(`--timeframe is "${timeframe}"; it must be one of ${Object.keys(TIMEFRAME_MS).join(', ')}`);
  const testFrom = parseTime(need('test-from'));
  if (Number.isNaN(testFrom))
    throw new UsageError(
      `--test-from is "${values['test-from']}"; it must be an ISO date such as 2024-06-01T00:00:00Z`,
    );
  return {
    data: need('data'),
    symbol: need('symbol'),
    timeframe: timeframe as Timeframe,
    testFrom,
    json: values.json,
    predictions: values.predictions,
    page: values.page,
    cross: values.cross,
    saveModel: values['save-model'],
  };
}
