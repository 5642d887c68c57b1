/** The original design's JSON (snake_case groups) beside the flat fields: both are taken, singly or together. */
import { z } from 'zod';
import {
  exitSettings,
  notificationSwitches,
  riskSettings,
  tradingConfigPatch,
  type TradingConfigPatch,
} from './tradingConfig.js';

const flat = tradingConfigPatch.shape;
const plain = <T extends z.ZodType>(schema: z.ZodOptional<T>): T => schema.unwrap() as T;

const engine = z.strictObject({
  trading_interval: plain(flat.tradingInterval),
  max_concurrent_positions: plain(flat.maxPositions),
  enable_paper_trading: z.boolean(),
});

const riskManagement = z.strictObject({
  daily_loss_limit_pct: plain(flat.maxDailyLossPct),
  position_size_pct: plain(flat.positionSizePct),
  stop_loss_pct: plain(flat.stopLossPct),
  take_profit_pct: plain(flat.takeProfitPct),
});

const notifications = notificationSwitches
  .extend({
    trade_notifications: notificationSwitches.shape.tradeNotifications,
    error_notifications: notificationSwitches.shape.errorNotifications,
  })
  .partial();

/** A change of the settings in either form. */
export const configChange = tradingConfigPatch.extend({
  engine: engine.partial().optional(),
  risk_management: riskManagement.partial().optional(),
  notifications: notifications.optional(),
});
export type ConfigChange = z.infer<typeof configChange>;

export interface NormalizedChange {
  patch: TradingConfigPatch;
  /** What was asked for and not done, in words. */
  warnings: string[];
  /** Fields given in both forms with different values. */
  contradictions: Contradiction[];
}

interface Contradiction {
  path: string;
  message: string;
}

const LIVE_WARNING =
  'engine.enable_paper_trading: false leaves the mode as it is. Live trading is reached by storing verified exchange ' +
  'keys without withdrawal rights, switching on two-factor sign-in, and then setting "mode": "live".';

/** Flat fields out of either form. */
export function normalizeChange(change: ConfigChange): NormalizedChange {
  const { engine: motor, risk_management: risk, notifications: notices, ...rest } = change;
  const patch: Record<string, unknown> = { ...rest };
  const contradictions: Contradiction[] = [];
  const take = taker(patch, contradictions);
  take('tradingInterval', motor?.trading_interval, 'engine.trading_interval');
  take('maxPositions', motor?.max_concurrent_positions, 'engine.max_concurrent_positions');
  take('maxDailyLossPct', risk?.daily_loss_limit_pct, 'risk_management.daily_loss_limit_pct');
  take('positionSizePct', risk?.position_size_pct, 'risk_management.position_size_pct');
  take('stopLossPct', risk?.stop_loss_pct, 'risk_management.stop_loss_pct');
  take('takeProfitPct', risk?.take_profit_pct, 'risk_management.take_profit_pct');
  if (motor?.enable_paper_trading === true) take('mode', 'paper', 'engine.enable_paper_trading');
  if (notices) patch['notifications'] = switches(notices, contradictions);
  const warnings = motor?.enable_paper_trading === false ? [LIVE_WARNING] : [];
  return { patch: patch as TradingConfigPatch, warnings, contradictions };
}

function switches(
  { trade_notifications: trades, error_notifications: errors, ...rest }: NonNullable<ConfigChange['notifications']>,
  contradictions: Contradiction[],
): TradingConfigPatch['notifications'] {
  const patch: Record<string, unknown> = { ...rest };
  const take = taker(patch, contradictions, 'notifications.');
  take('tradeNotifications', trades, 'notifications.trade_notifications');
  take('errorNotifications', errors, 'notifications.error_notifications');
  return patch;
}

/** Puts a value of the design's form into the patch, and notes where the other form says something else. */
function taker(patch: Record<string, unknown>, contradictions: Contradiction[], group = '') {
  return (field: string, value: unknown, path: string): void => {
    if (value === undefined) return;
    if (patch[field] !== undefined && patch[field] !== value)
      contradictions.push({ path, message: `contradicts "${group}${field}", which is given too` });
    patch[field] = value;
  };
}

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const camel = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
const snakeObject = <Shape extends z.ZodRawShape>(schema: z.ZodObject<Shape>) =>
  z.strictObject(Object.fromEntries(Object.entries(schema.shape).map(([name, type]) => [snake(name), type]))).partial();

/** `config/risk_config.json`: limits and exits by the names of the fields in snake_case, and what an emergency does. */
export const riskFile = z.strictObject({
  risk_limits: snakeObject(riskSettings).optional(),
  exits: snakeObject(exitSettings).optional(),
  emergency: z
    .strictObject({
      liquidate_on_emergency: z.boolean(),
      api_connection_lost_after: plain(flat.apiConnectionLostAfter),
      system_error_after: plain(flat.systemErrorAfter),
      auto_resume_next_day: z.boolean(),
    })
    .partial()
    .optional(),
});

/** `config/notification_config.json`. */
export const notificationFile = z.strictObject({ notifications: notifications.optional() });

const camelKeys = (group: Record<string, unknown> = {}) =>
  Object.fromEntries(Object.entries(group).map(([name, value]) => [camel(name), value]));

export function patchOfRiskFile(file: z.infer<typeof riskFile>): TradingConfigPatch {
  return { risk: camelKeys(file.risk_limits), exits: camelKeys(file.exits), ...camelKeys(file.emergency) };
}

export function readNotificationFile(
  file: z.infer<typeof notificationFile>,
): Pick<NormalizedChange, 'patch' | 'contradictions'> {
  const contradictions: Contradiction[] = [];
  const patch = file.notifications ? { notifications: switches(file.notifications, contradictions) } : {};
  return { patch, contradictions };
}
