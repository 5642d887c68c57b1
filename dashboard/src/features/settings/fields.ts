import { ENTRY_POLICIES, TIMEFRAME_MS, TRADING_MODES } from '../../../../trading/types.js';
import { isTimeZone, toNumber } from '../../format/format.js';

export interface NumberField {
  kind: 'number';
  path: string;
  min: number;
  max: number;
  integer?: boolean;
  /** The bound itself is not allowed. */
  above?: boolean;
  below?: boolean;
  unit: '%' | 's' | 'ms' | 'min' | 'USDT' | '';
}
export interface ChoiceField {
  kind: 'choice';
  path: 'tradingMode' | 'timeframe' | 'entryPolicy';
  choices: readonly string[];
}
export interface OtherField {
  kind: 'switch' | 'symbols' | 'timeZone' | 'venue';
  path: string;
}
export type Field = NumberField | ChoiceField | OtherField;

const number =
  (bounds: Pick<NumberField, 'integer' | 'above' | 'below'>) =>
  <Path extends string>(
    path: Path,
    min: number,
    max: number,
    unit: NumberField['unit'] = '',
  ): NumberField & { path: Path } => ({
    kind: 'number',
    path,
    min,
    max,
    unit,
    ...bounds,
  });
const above = number({ above: true });
const between = number({});
const whole = number({ integer: true });

/** Every trading setting in the order of the page; names and explanations are translations under `config`. */
export const SECTIONS = {
  strategy: [
    { kind: 'venue', path: 'mode' },
    { kind: 'switch', path: 'shadow' },
    { kind: 'choice', path: 'tradingMode', choices: TRADING_MODES },
    { kind: 'symbols', path: 'symbols' },
    { kind: 'choice', path: 'timeframe', choices: Object.keys(TIMEFRAME_MS) },
    whole('tradingInterval', 1, 86_400, 's'),
    { kind: 'choice', path: 'entryPolicy', choices: ENTRY_POLICIES },
    { kind: 'timeZone', path: 'timeZone' },
  ],
  limits: [
    above('maxDailyLossPct', 0, 100, '%'),
    whole('maxPositions', 1, 100),
    whole('apiConnectionLostAfter', 1, 86_400, 's'),
    whole('systemErrorAfter', 1, 1_000),
    { kind: 'switch', path: 'autoResumeNextDay' },
    { kind: 'switch', path: 'liquidateOnEmergency' },
  ],
  sizing: [
    above('positionSizePct', 0, 100, '%'),
    number({ above: true, below: true })('stopLossPct', 0, 100, '%'),
    above('takeProfitPct', 0, 1_000, '%'),
    number({ below: true })('exits.trailingStopPct', 0, 100, '%'),
    between('exits.breakEvenAfterPct', 0, 1_000, '%'),
    between('exits.partialTakeProfitPct', 0, 1_000, '%'),
    between('exits.partialTakeProfitFraction', 0, 1),
    between('exits.maxHoldingMinutes', 0, 5_256_000, 'min'),
  ],
  risk: [
    above('risk.dailyLossWarningPct', 0, 100, '%'),
    above('risk.maxDrawdownPct', 0, 100, '%'),
    above('risk.maxExposurePct', 0, 100, '%'),
    above('risk.riskPerTradePct', 0, 100, '%'),
    whole('risk.maxPositionsPerSymbol', 1, 100),
    whole('risk.maxTradesPerDay', 1, 100_000),
    whole('risk.losingStreakLimit', 1, 1_000),
    between('risk.cooldownMinutes', 0, 10_080, 'min'),
    above('risk.maxCorrelatedExposurePct', 0, 100, '%'),
    between('risk.correlationThreshold', 0, 1),
    above('risk.maxSpreadPct', 0, 100, '%'),
    above('risk.maxSlippagePct', 0, 100, '%'),
    above('risk.maxAtrPercentile', 0, 100),
    between('risk.minEdgePct', 0, 100, '%'),
    above('risk.maxDataAgeCandles', 0, 1_000),
    whole('risk.maxClockSkewMs', 10, 60_000, 'ms'),
    whole('risk.maxOrdersPerMinute', 1, 6_000),
    between('risk.maxOrderNotional', 0, 1e12, 'USDT'),
    above('risk.maxApiErrorRatePct', 0, 100, '%'),
    whole('risk.maxApiLatencyMs', 10, 600_000, 'ms'),
    between('risk.liveCapitalCap', 0, 1e12, 'USDT'),
  ],
} as const satisfies Record<string, readonly Field[]>;

export type FieldPath = (typeof SECTIONS)[keyof typeof SECTIONS][number]['path'];
export type Values = Record<string, unknown>;

/** Why a value can't be saved, as a translation's key with its values; null where it can. */
export function wrong(
  field: Field,
  value: unknown,
): {
  key: 'number' | 'integer' | 'range' | 'above' | 'below' | 'symbols' | 'timeZone';
  min?: number;
  max?: number;
} | null {
  if (field.kind === 'number') {
    const amount = toNumber(value);
    const { min, max } = field;
    if (amount === null) return { key: 'number' };
    if (field.integer && !Number.isInteger(amount)) return { key: 'integer' };
    if (amount < min || (field.above && amount === min)) return { key: field.above ? 'above' : 'range', min, max };
    return amount > max || (field.below && amount === max) ? { key: field.below ? 'below' : 'range', min, max } : null;
  }
  if (field.kind === 'symbols') return Array.isArray(value) && value.length > 0 ? null : { key: 'symbols' };
  if (field.kind === 'timeZone') return typeof value === 'string' && isTimeZone(value) ? null : { key: 'timeZone' };
  return null;
}

/** `{ risk: { maxSpreadPct: 1 } }` as `{ 'risk.maxSpreadPct': 1 }`, for the fields that the page has. */
export function flatten(config: object): Values {
  const values: Values = {};
  for (const { path } of Object.values(SECTIONS).flat()) {
    values[path] = path.split('.').reduce<unknown>((part, key) => (part as Values | undefined)?.[key], config);
  }
  return values;
}

/** What differs from `before`, nested again as PUT /api/config takes it. Numbers that were typed become numbers. */
export function changesOf(before: Values, after: Values): Values {
  const changes: Values = {};
  for (const field of Object.values(SECTIONS).flat()) {
    const { path, kind } = field;
    const value = kind === 'number' ? toNumber(after[path]) : after[path];
    if (JSON.stringify(value) === JSON.stringify(before[path])) continue;
    const [group, name] = path.split('.') as [string, string | undefined];
    if (name === undefined) changes[group] = value;
    else changes[group] = { ...(changes[group] as Values | undefined), [name]: value };
  }
  return changes;
}
