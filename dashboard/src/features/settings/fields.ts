import { ENTRY_POLICIES, TIMEFRAME_MS, TRADING_MODES } from '../../../../trading/types.js';
import { isTimeZone, toNumber } from '../../format/format.js';

export interface NumberField {
  kind: 'number';
  path: string;
  min: number;
  max: number;
  integer?: boolean;
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

const number = <Path extends string>(
  path: Path,
  min: number,
  max: number,
  unit: NumberField['unit'] = '',
  integer = false,
): NumberField & { path: Path } => ({ kind: 'number', path, min, max, unit, integer });

/** Every trading setting in the order of the page; names and explanations are translations under `config`. */
export const SECTIONS = {
  strategy: [
    { kind: 'venue', path: 'mode' },
    { kind: 'choice', path: 'tradingMode', choices: TRADING_MODES },
    { kind: 'symbols', path: 'symbols' },
    { kind: 'choice', path: 'timeframe', choices: Object.keys(TIMEFRAME_MS) },
    number('tradingInterval', 1, 86_400, 's', true),
    { kind: 'choice', path: 'entryPolicy', choices: ENTRY_POLICIES },
    { kind: 'timeZone', path: 'timeZone' },
  ],
  limits: [
    number('maxDailyLossPct', 0.1, 100, '%'),
    number('maxPositions', 1, 100, '', true),
    { kind: 'switch', path: 'autoResumeNextDay' },
    { kind: 'switch', path: 'liquidateOnEmergency' },
    number('apiConnectionLostAfter', 1, 86_400, 's', true),
    number('systemErrorAfter', 1, 1_000, '', true),
  ],
  sizing: [
    number('positionSizePct', 0.01, 100, '%'),
    number('stopLossPct', 0.01, 99, '%'),
    number('takeProfitPct', 0.01, 1_000, '%'),
    number('exits.trailingStopPct', 0, 99, '%'),
    number('exits.breakEvenAfterPct', 0, 1_000, '%'),
    number('exits.partialTakeProfitPct', 0, 1_000, '%'),
    number('exits.partialTakeProfitFraction', 0, 1),
    number('exits.maxHoldingMinutes', 0, 10_000_000, 'min'),
  ],
  risk: [
    number('risk.dailyLossWarningPct', 0, 100, '%'),
    number('risk.maxDrawdownPct', 0, 100, '%'),
    number('risk.maxExposurePct', 0, 100, '%'),
    number('risk.riskPerTradePct', 0, 100, '%'),
    number('risk.maxPositionsPerSymbol', 1, 100, '', true),
    number('risk.maxTradesPerDay', 1, 100_000, '', true),
    number('risk.losingStreakLimit', 0, 1_000, '', true),
    number('risk.cooldownMinutes', 0, 100_000, 'min'),
    number('risk.maxCorrelatedExposurePct', 0, 100, '%'),
    number('risk.correlationThreshold', 0, 1),
    number('risk.maxSpreadPct', 0, 100, '%'),
    number('risk.maxSlippagePct', 0, 100, '%'),
    number('risk.maxAtrPercentile', 0, 100),
    number('risk.minEdgePct', 0, 100, '%'),
    number('risk.maxDataAgeCandles', 1, 1_000),
    number('risk.maxClockSkewMs', 0, 60_000, 'ms', true),
    number('risk.maxOrdersPerMinute', 1, 10_000, '', true),
    number('risk.maxOrderNotional', 0, 1e9, 'USDT'),
    number('risk.maxApiErrorRatePct', 0, 100, '%'),
    number('risk.maxApiLatencyMs', 1, 600_000, 'ms', true),
    number('risk.liveCapitalCap', 0, 1e9, 'USDT'),
  ],
} as const satisfies Record<string, readonly Field[]>;

export type FieldPath = (typeof SECTIONS)[keyof typeof SECTIONS][number]['path'];
export type Values = Record<string, unknown>;

/** Why a value can't be saved, as a translation's key with its values; null where it can. */
export function wrong(
  field: Field,
  value: unknown,
): { key: 'number' | 'integer' | 'range' | 'symbols' | 'timeZone'; min?: number; max?: number } | null {
  if (field.kind === 'number') {
    const amount = toNumber(value);
    const { min, max } = field;
    if (amount === null) return { key: 'number' };
    if (field.integer && !Number.isInteger(amount)) return { key: 'integer' };
    return amount < min || amount > max ? { key: 'range', min, max } : null;
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
