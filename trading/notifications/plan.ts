import { CHANNELS, type ChannelName, type NotificationSwitches, type NotificationType } from '../types.js';
import { quietUntil, type QuietHours } from './quietHours.js';
import { NOTIFICATION_RULES, type NotificationRule } from './rules.js';

export interface PlanInput {
  type: NotificationType;
  switches: NotificationSwitches;
  /** Channels by type; a type that is absent goes to the switches' channels. */
  routes: Partial<Record<NotificationType, readonly ChannelName[]>>;
  quietHours: QuietHours | null;
  timeZone: string;
  /** Real time, ms. */
  now: number;
  /** How many notifications this user had in the last BURST.windowMs, this one not counted. */
  recent: number;
  /** Channels that can be used, and why the others cannot. */
  unusable: Partial<Record<ChannelName, string>>;
}

export interface DeliveryPlan {
  /** At once; or, with `notBefore` (real ms), gathered into a digest that goes out then. */
  deliveries: { channel: ChannelName; notBefore: number | null }[];
  /** Channels that the user chose and that cannot be used, with the reason. */
  skipped: { channel: ChannelName; reason: string }[];
  /** Those were stored with the notification; whoever planned before this release left it to the delivery. */
  skippedStored?: boolean;
}

/** Whether anything is to be told beyond the dashboard, which has it with the storing. */
export const isPushed = ({ deliveries }: DeliveryPlan): boolean =>
  deliveries.some(({ channel }) => channel !== 'dashboard');

/** More than `alone` notifications within the window become one message after `gatherMs`. */
export const BURST = { windowMs: 60_000, alone: 5, gatherMs: 30_000 } as const;

/** Where and when one event is told. The dashboard is never delayed: it is read, not pushed. */
export function planDelivery(input: PlanInput): DeliveryPlan {
  const rule = NOTIFICATION_RULES[input.type];
  const wanted = new Set(channelsFor(input, rule));
  const chosen = CHANNELS.filter((channel) => wanted.has(channel));
  const notBefore = delayedUntil(input, rule);
  return {
    deliveries: chosen
      .filter((channel) => input.unusable[channel] === undefined)
      .map((channel) => ({ channel, notBefore: channel === 'dashboard' ? null : notBefore })),
    skipped: chosen.flatMap((channel) => {
      const reason = input.unusable[channel];
      return reason === undefined ? [] : [{ channel, reason }];
    }),
  };
}

/** The channels by the user's settings. An urgent type is at least kept for the dashboard, whatever is switched off. */
function channelsFor({ type, switches, routes }: PlanInput, rule: NotificationRule): readonly ChannelName[] {
  const chosen = routes[type] ?? switches.channels;
  if (rule.urgent) return ['dashboard', ...chosen];
  if (!switches.enabled) return [];
  if (rule.switch === 'trade' && !switches.tradeNotifications) return [];
  if (rule.switch === 'error' && !switches.errorNotifications) return [];
  return chosen;
}

function delayedUntil({ quietHours, timeZone, now, recent }: PlanInput, rule: NotificationRule): number | null {
  const quiet = rule.breaksQuietHours ? null : quietUntil(now, quietHours, timeZone);
  if (quiet !== null) return quiet;
  return rule.digest && recent >= BURST.alone ? now + BURST.gatherMs : null;
}
