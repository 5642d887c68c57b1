/**
 * What is said to a trading workflow, as it is meant. Signals come from anybody: from the Web UI and from
 * `temporal workflow signal` with whatever was typed. A handler that trips over its argument fails the workflow task, and
 * every one after it: the user's trading stands still, and no stop is taken any more. So nothing here throws but a refusal,
 * and what is kept has the type that it is read as.
 */
import { EMERGENCY_TRIGGERS, type EmergencyRequest, type FleetTurn, type HaltInBooks } from '../trading/types.js';
import type { ClosePositionRequest, FillNotice, ResetRequest, StopRequest } from './messages.js';
import { cleanReason } from './receipt.js';

type Given = Readonly<Record<string, unknown>>;

const isObject = (given: unknown): given is Given =>
  typeof given === 'object' && given !== null && !Array.isArray(given);

/** Plain words in an object's place are its reason. */
const fieldsOf = (given: unknown): Given =>
  isObject(given) ? given : given === undefined || given === null ? {} : { reason: given };

/** Undefined where nothing was said. */
function textOf(given: unknown): string | undefined {
  if (given === undefined || given === null) return undefined;
  return cleanReason(typeof given === 'string' ? given : (JSON.stringify(given) ?? ''));
}

/** It stands in the summary of a step, of which servers take 400 bytes. */
const LONGEST_NAME = 100;

/** Who asked, for the log. */
const byOf = (given: unknown, otherwise: string): string =>
  textOf(fieldsOf(given)['by'])?.slice(0, LONGEST_NAME) || otherwise;

export const startedBy = byOf;

export function stopRequest(given: unknown): Required<StopRequest> {
  return { mode: fieldsOf(given)['mode'] === 'reduce' ? 'reduce' : 'now', by: byOf(given, 'signal') };
}

/** What nobody said is absent; a trigger that is none counts as a stop by hand. */
export function emergencyRequest(given: unknown): EmergencyRequest {
  const { trigger, reason, liquidate, by, halted, fleet } = fieldsOf(given);
  const known = EMERGENCY_TRIGGERS.find((name) => name === trigger);
  const sell = typeof liquidate === 'string' ? liquidate === 'true' : liquidate;
  const [text, who, held, turn] = [textOf(reason), byOf({ by }, ''), haltOf(halted), turnOf(fleet)];
  return {
    ...(trigger !== undefined && { trigger: known ?? 'MANUAL_STOP' }),
    ...(text !== undefined && { reason: text }),
    ...(typeof sell === 'boolean' && { liquidate: sell }),
    ...(who && { by: who }),
    ...(held && { halted: held }),
    ...(turn && { fleet: turn }),
  };
}

const isMoment = (given: unknown): given is string => typeof given === 'string' && Number.isFinite(Date.parse(given));
const isSpan = (given: unknown): given is number => typeof given === 'number' && Number.isFinite(given) && given >= 0;

function haltOf(given: unknown): HaltInBooks | null {
  if (!isObject(given) || !isMoment(given['askedAt']) || !isMoment(given['haltedAt'])) return null;
  const [askedAt, haltedAt] = [given['askedAt'], given['haltedAt']].map((time) => new Date(time).toISOString());
  return { askedAt: askedAt!, haltedAt: haltedAt! };
}

function turnOf(given: unknown): FleetTurn | null {
  const halted = haltOf(given);
  if (!halted || !isObject(given)) return null;
  const { afterMs, overMs, lastsMs } = given;
  const wait = { afterMs: isSpan(afterMs) ? afterMs : 0, overMs: isSpan(overMs) ? overMs : 0 };
  return { ...halted, ...wait, ...(isSpan(lastsMs) && { lastsMs }) };
}

export function resetRequest(given: unknown): Required<ResetRequest> {
  return { by: byOf(given, 'update'), reason: textOf(fieldsOf(given)['reason']) ?? '' };
}

/** An id that is no text is one of no position. */
export function closeRequest(given: unknown): ClosePositionRequest {
  const { positionId } = fieldsOf(given);
  return { positionId: textOf(positionId) ?? '', by: byOf(given, 'update') };
}

/** Whatever it says, positions are looked after. */
export function fillNotice(given: unknown): FillNotice {
  const { symbol, clientOrderId, status } = fieldsOf(given);
  return {
    symbol: textOf(symbol) ?? '',
    clientOrderId: textOf(clientOrderId) ?? '',
    status: textOf(status) ?? '',
  };
}
