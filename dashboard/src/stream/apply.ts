import type { QueryClient } from '@tanstack/react-query';
import type { Query } from '../api/client.js';
import { keys } from '../api/queries.js';
import type {
  EquityPoint,
  LogEntry,
  MarketEntry,
  NotificationEntry,
  PositionEntry,
  SignalEntry,
  StatusAnswer,
  TradeEntry,
} from '../api/types.js';
import { upsert } from './cache.js';
import { addEquity } from './equity.js';
import { addLogs } from './logs.js';
import type { ServerEvent } from './parser.js';

interface Bodies {
  status: StatusAnswer;
  log: LogEntry;
  signal: SignalEntry;
  trade: TradeEntry;
  position: PositionEntry;
  notification: NotificationEntry;
  equity: EquityPoint;
  /** Prices as they move. */
  market: { items: MarketEntry[] };
}

/** Writes a batch of stream events into the caches that the pages read. */
export function applyEvents(client: QueryClient, events: readonly ServerEvent[]): void {
  const bodies = bodiesOf(events);
  const status = bodies.status.at(-1);
  if (status) client.setQueryData(keys.status, status);
  const market = bodies.market.at(-1);
  if (market) client.setQueryData(keys.market, market);
  addLogs(bodies.log);
  addEquity(bodies.equity);
  upsert(
    client,
    keys.signals,
    bodies.signal,
    (signal, question) => sameSymbol(signal, question) && (question.executed !== true || signal.executed),
  );
  upsert(
    client,
    keys.trades,
    bodies.trade,
    (trade, question) => sameSymbol(trade, question) && trade.exitTime >= String(question.from ?? ''),
  );
  upsert(client, keys.positions, bodies.position, ({ status: state }) => state !== 'CLOSED');
  upsert(
    client,
    keys.notifications,
    bodies.notification,
    ({ readAt, deliveries }, { unread, delivery }) =>
      (unread === undefined || readAt === null) &&
      (delivery === undefined || deliveries.some(({ status }) => status === delivery)),
  );
  if (bodies.trade.length + bodies.position.length > 0) askForBalancesSoon(client);
  // The stream does not carry orders: what moves them is in these lines, and an open list of them is asked for again.
  if (bodies.log.some(({ component }) => ORDERS_MOVE.has(component)))
    void client.invalidateQueries({ queryKey: keys.orders });
}

/** Balances follow a fill once everything that it sets off has been told: the trade is drawn first, ms. */
const BALANCES_AFTER_MS = 1_000;
let balancesDue: number | undefined;

/** Once for all that comes within a second. */
function askForBalancesSoon(client: QueryClient): void {
  balancesDue ??= window.setTimeout(() => {
    balancesDue = undefined;
    void client.invalidateQueries({ queryKey: keys.account });
  }, BALANCES_AFTER_MS);
}

const ORDERS_MOVE: ReadonlySet<string> = new Set(['EXECUTOR', 'POSITION']);

const sameSymbol = ({ symbol }: { symbol: string }, question: Query) => !question.symbol || question.symbol === symbol;

function bodiesOf(events: readonly ServerEvent[]): { [Name in keyof Bodies]: Bodies[Name][] } {
  const bodies: Record<keyof Bodies, unknown[]> = {
    status: [],
    log: [],
    signal: [],
    trade: [],
    position: [],
    notification: [],
    equity: [],
    market: [],
  };
  for (const { event, data } of events) {
    try {
      if (event in bodies) bodies[event as keyof Bodies].push(JSON.parse(data));
    } catch {
      // A piece that is no JSON is passed over: the next answer of the API has the whole.
    }
  }
  return bodies as { [Name in keyof Bodies]: Bodies[Name][] };
}
