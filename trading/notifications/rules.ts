import type { LogLevel, NotificationType } from '../types.js';

export interface NotificationRule {
  severity: LogLevel;
  /** Which of the user's switches turns it off; `none` cannot be turned off but by turning notifications off. */
  switch: 'trade' | 'error' | 'none';
  /** Real ms after which trying ends and the message is dropped, and said so; null: never. */
  expiresAfterMs: number | null;
  /** Goes out during quiet hours too. */
  breaksQuietHours: boolean;
  /** A burst of these becomes one message. */
  digest: boolean;
  /** Reaches the user's channels even where notifications are switched off, and passes every queue and limit. */
  urgent: boolean;
}

const HOUR = 3_600_000;

/** What makes the seven types different. docs/NOTIFICATIONS.md tells it in words. */
export const NOTIFICATION_RULES = {
  TRADE_EXECUTED: rule('INFO', 'trade', 6 * HOUR, { digest: true }),
  PROFIT_TARGET_HIT: rule('INFO', 'trade', 12 * HOUR, { digest: true }),
  STOP_LOSS_HIT: rule('WARNING', 'trade', 12 * HOUR, { digest: true }),
  DAILY_LOSS_WARNING: rule('WARNING', 'none', 12 * HOUR, { breaksQuietHours: true }),
  SYSTEM_ERROR: rule('ERROR', 'error', 24 * HOUR, { breaksQuietHours: true, digest: true }),
  API_CONNECTION_LOST: rule('ERROR', 'error', 24 * HOUR, { breaksQuietHours: true }),
  EMERGENCY_STOP: rule('ERROR', 'none', null, { breaksQuietHours: true, urgent: true }),
} satisfies Record<NotificationType, NotificationRule>;

function rule(
  severity: LogLevel,
  switched: NotificationRule['switch'],
  expiresAfterMs: number | null,
  more: Partial<NotificationRule>,
): NotificationRule {
  return { severity, switch: switched, expiresAfterMs, breaksQuietHours: false, digest: false, urgent: false, ...more };
}
