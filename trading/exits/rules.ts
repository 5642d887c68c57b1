import { Decimal } from '../orders/decimal.js';
import type { ExitReason, ExitSettings, MarketSnapshot, Position } from '../types.js';

export type ExitDecision =
  | { kind: 'move-stop'; stopPrice: string; rule: ExitRuleName }
  | { kind: 'sell'; fraction: number; reason: ExitReason; rule: ExitRuleName };

export interface ExitView {
  position: Position;
  snapshot: MarketSnapshot;
  exits: ExitSettings;
  /** Market time, ms. */
  now: number;
  entry: Decimal;
  /** Highest price since the entry, this snapshot's included. */
  highest: Decimal;
}

/** A rule answers with what it would do, or null. Distances are in percent of the entry price; 0 switches a rule off. */
export type ExitRule = (view: ExitView) => ExitDecision | null;

export const EXIT_RULE_NAMES = ['unprotected', 'time', 'partial', 'breakEven', 'trailing'] as const;
export type ExitRuleName = (typeof EXIT_RULE_NAMES)[number];

export const EXIT_RULES = { unprotected, time, partial, breakEven, trailing } satisfies Record<ExitRuleName, ExitRule>;

/**
 * A level was passed while nothing stood on the exchange to act on it: what it would have done is done now. Beside a stop
 * that stands alone, nothing stands at the target.
 */
function unprotected({ position, snapshot }: ExitView): ExitDecision | null {
  const { protection } = position;
  if (protection?.kind === 'OCO') return null;
  if (!protection && +position.stopPrice > 0 && snapshot.bid <= +position.stopPrice)
    return sell('unprotected', 1, 'stop');
  if (+position.targetPrice > 0 && snapshot.bid >= +position.targetPrice) return sell('unprotected', 1, 'target');
  return null;
}

/** The trade had its time. */
function time({ position, exits, now }: ExitView): ExitDecision | null {
  const held = now - position.entryTime;
  return exits.maxHoldingMinutes > 0 && held >= exits.maxHoldingMinutes * 60_000 ? sell('time', 1, 'time') : null;
}

/** Part of the gain is taken, once. */
function partial({ position, snapshot, exits, entry }: ExitView): ExitDecision | null {
  const { partialTakeProfitPct, partialTakeProfitFraction } = exits;
  if (position.partialTaken || partialTakeProfitPct <= 0 || partialTakeProfitFraction <= 0) return null;
  const reached = new Decimal(snapshot.bid).gte(above(entry, partialTakeProfitPct));
  return reached ? sell('partial', Math.min(1, partialTakeProfitFraction), 'target') : null;
}

/** From a gain on, the trade may no longer lose: stop to the entry plus both fees (the exit's taken as the entry's). */
function breakEven({ position, exits, entry, highest }: ExitView): ExitDecision | null {
  if (exits.breakEvenAfterPct <= 0 || highest.lt(above(entry, exits.breakEvenAfterPct))) return null;
  const bought = new Decimal(position.entryQuantity);
  const feePerUnit = bought.isZero() ? new Decimal(0) : new Decimal(position.entryFee).div(bought);
  return { kind: 'move-stop', stopPrice: entry.plus(feePerUnit.times(2)).toFixed(), rule: 'breakEven' };
}

/** The stop follows the highest price at a fixed distance. */
function trailing({ exits, entry, highest }: ExitView): ExitDecision | null {
  if (exits.trailingStopPct <= 0) return null;
  const distance = entry.times(exits.trailingStopPct).div(100);
  return { kind: 'move-stop', stopPrice: highest.minus(distance).toFixed(), rule: 'trailing' };
}

function above(entry: Decimal, percent: number): Decimal {
  return entry.times(new Decimal(100).plus(percent)).div(100);
}

function sell(rule: ExitRuleName, fraction: number, reason: ExitReason): ExitDecision {
  return { kind: 'sell', fraction, reason, rule };
}
