import { sha256 } from './sha256.js';
import type { OrderPurpose } from '../types.js';

/** Every order of this product begins so; anything else on the account is someone else's and is left alone. */
export const ORDER_PREFIX = 'ctp-';

export const ORDER_LEGS = ['entry', 'stop', 'target', 'exit', 'emergency', 'list'] as const;
export type OrderLeg = (typeof ORDER_LEGS)[number];

const LEG_LETTER = { entry: 'e', stop: 's', target: 't', exit: 'x', emergency: 'm', list: 'l' } satisfies Record<
  OrderLeg,
  string
>;

/**
 * The id of one decision, the same however often it is derived: 24 characters of [a-z2-7]. `epoch` tells lives of a
 * user's workflow apart whose cycles count from zero again (its first start in ms, say); without it a reset database
 * or a re-created workflow would derive an old id.
 */
export function intentId(decision: {
  userId: string;
  cycle: number;
  symbol: string;
  purpose: OrderPurpose;
  generation?: number;
  epoch?: string | number;
}): string {
  const { userId, cycle, symbol, purpose, generation = 0, epoch = '' } = decision;
  return base32(sha256(JSON.stringify(['intent', userId, epoch, cycle, symbol, purpose, generation]))).slice(0, 24);
}

/**
 * The client order id of one leg of an intent: `ctp-` letter of the leg, `-`, 24 characters; 30 in all (Binance allows
 * 36 of [a-zA-Z0-9-_]). A new generation is a new id: ids are never used twice, since the exchange accepts a reuse.
 */
export function clientOrderId(order: { intentId: string; leg: OrderLeg; generation: number }): string {
  const { intentId: intent, leg, generation } = order;
  return `${ORDER_PREFIX}${LEG_LETTER[leg]}-${base32(sha256(JSON.stringify(['order', intent, leg, generation]))).slice(0, 24)}`;
}

/** Whether this product sent the order with this client order id. */
export function isOwnOrder(id: string): boolean {
  return id.startsWith(ORDER_PREFIX);
}

/** RFC 4648 base32 in lower case, without padding. */
function base32(bytes: Uint8Array): string {
  let bits = 0;
  let held = 0;
  let text = '';
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(held >>> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  return bits > 0 ? text + ALPHABET[(held << (5 - bits)) & 31] : text;
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
