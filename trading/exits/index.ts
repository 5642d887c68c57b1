import { Decimal } from '../orders/decimal.js';
import { isDivisible, isDust, type MarketSaleFilters } from '../orders/protection.js';
import { roundPrice } from '../orders/rounding.js';
import type { ExitReason, MarketSnapshot, Position, SymbolRules, TradingConfig } from '../types.js';
import { EXIT_RULES, EXIT_RULE_NAMES, type ExitDecision, type ExitView } from './rules.js';

export { EXIT_RULES, EXIT_RULE_NAMES } from './rules.js';
export { signalExits, type SignalExit } from './signals.js';
export type { ExitDecision, ExitRule, ExitRuleName } from './rules.js';

/** Percent of the entry price that a stop must gain before it is worth a cancel and a replace. */
export const MIN_STOP_MOVE_PCT = 0.05;

/** What of the exchange's filters an exit has to come up to; a moved stop is put on tick (down). */
export type ExitFilters = MarketSaleFilters & Pick<SymbolRules, 'tickSize'>;

/**
 * What to do about an open position beyond its stop and target, in this order: at most one sale, then at most one move
 * of the stop, which only ever goes up; one is acted upon in a cycle, the first. A whole sale stands alone. A stop that
 * the bid has already fallen to would be refused by the exchange, so it becomes a sale. What the exchange would not sell
 * at the bid is left as it is, and a sale in part is made only where both parts can be sold (`isDivisible`). `now` is
 * market time in ms; fractions are of the quantity held.
 */
export function exitDecisions(
  position: Position,
  snapshot: MarketSnapshot,
  config: Pick<TradingConfig, 'exits'>,
  now: number,
  filters: ExitFilters,
): ExitDecision[] {
  if (position.status !== 'OPEN' || isDust(position.quantity, snapshot.bid, filters)) return [];
  const entry = new Decimal(position.entryPrice);
  const highest = Decimal.max(position.highestPrice, snapshot.price, entry);
  const view: ExitView = { position, snapshot, exits: config.exits, now, entry, highest };

  const wanted = EXIT_RULE_NAMES.map((name) => EXIT_RULES[name](view)).filter((each) => each !== null);
  const asked = wanted.find((each) => each.kind === 'sell');
  if (asked && asked.fraction >= 1) return [asked];
  const sale = asked && isDivisible(position, asked.fraction, filters) ? asked : null;

  const stop = wanted
    .filter((each) => each.kind === 'move-stop')
    .map((each) => ({ ...each, stopPrice: roundPrice(each.stopPrice, filters.tickSize, 'down') }))
    .filter(({ stopPrice }) => movesEnough(stopPrice, position, entry))
    .reduce<Move | null>((best, each) => (best && new Decimal(best.stopPrice).gte(each.stopPrice) ? best : each), null);
  if (!stop) return sale ? [sale] : [];
  if (new Decimal(stop.stopPrice).gte(snapshot.bid))
    return [{ kind: 'sell', fraction: 1, reason: SALE_REASON[stop.rule], rule: stop.rule }];
  return sale ? [sale, stop] : [stop];
}

/** `highestPrice` after a price; the caller stores it, for the trailing stop outlives the cycle. */
export function highestSince(position: Position, price: number): string {
  return Decimal.max(position.highestPrice, price).toFixed();
}

type Move = Extract<ExitDecision, { kind: 'move-stop' }>;

const SALE_REASON: Record<Move['rule'], ExitReason> = {
  trailing: 'trailing',
  breakEven: 'stop',
  unprotected: 'stop',
  time: 'time',
  partial: 'target',
};

function movesEnough(stopPrice: string, position: Position, entry: Decimal): boolean {
  return new Decimal(stopPrice).minus(position.stopPrice).gte(entry.times(MIN_STOP_MOVE_PCT).div(100));
}
