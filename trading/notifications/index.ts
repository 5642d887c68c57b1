export { TEXTS, messageLocale, plain, renderDigest, renderMessage } from './message.js';
export type { Message, MessageLocale, NotificationEvent } from './message.js';
export { BURST, planDelivery } from './plan.js';
export type { DeliveryPlan, PlanInput } from './plan.js';
export { quietUntil } from './quietHours.js';
export type { QuietHours } from './quietHours.js';
export { NOTIFICATION_RULES } from './rules.js';
export type { NotificationRule } from './rules.js';
export { grouped } from './values.js';
