import { Decimal } from 'decimal.js';
import { putLatest } from '../../latest.js';
import type { UserEvent } from './accountEvents.js';

export type Verdict = 'new' | 'duplicate' | 'gap';

export interface Continuity {
  /** `gap`: an event before this one was lost or comes too late; this one is good all the same. */
  judge(event: UserEvent): Verdict;
  /** Times of balance changes that no order event has explained yet, oldest first. */
  unexplained(): number[];
  explainedOrGivenUp(): void;
}

/** Of each user, a kilobyte each. One that is forgotten shows as a gap at its next fill, which costs a look. */
const REMEMBERED_ORDERS = 40;
const REMEMBERED_TIMES = 200;

/**
 * Binance numbers no events, so a lost one shows only by what it leaves behind: an order's cumulative quantity that does
 * not follow from the fill before, or a change of balance at a time at which no order event came.
 */
export function createContinuity(): Continuity {
  const orders = new Map<string, { executed: Decimal; seen: Set<string> }>();
  const explained = new Set<number>();
  let open: number[] = [];

  function explain(at: number): void {
    explained.add(at);
    if (explained.size > REMEMBERED_TIMES) explained.delete(explained.values().next().value!);
    open = open.filter((time) => time !== at);
  }

  function judgeOrder(event: Extract<UserEvent, { kind: 'order' }>): Verdict {
    const { report, fill, marketId } = event;
    explain(event.at);
    const name = `${marketId} ${report.orderId}`;
    const known = orders.get(name);
    const executed = new Decimal(report.executedQuantity);
    const identity = `${report.status} ${report.executedQuantity} ${fill?.tradeId ?? ''} ${report.updateTime}`;
    if (known?.seen.has(identity)) return 'duplicate';
    const before = known?.executed ?? new Decimal(0);
    const follows = executed.equals(before.plus(fill?.quantity ?? 0));
    const state = known ?? { executed, seen: new Set<string>() };
    state.executed = Decimal.max(before, executed);
    state.seen.add(identity);
    putLatest(orders, name, state, REMEMBERED_ORDERS);
    return follows ? 'new' : 'gap';
  }

  return {
    judge(event) {
      if (event.kind === 'order') return judgeOrder(event);
      if (event.kind === 'transfer') explain(event.at);
      if (event.kind === 'balance' && !explained.has(event.at) && !open.includes(event.at)) open.push(event.at);
      return event.kind === 'bad' ? 'gap' : 'new';
    },
    unexplained: () => open,
    explainedOrGivenUp() {
      open = [];
    },
  };
}
