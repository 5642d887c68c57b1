/** The steps of an emergency stop. Each may be repeated: it looks at what is there and does what is left to do. */
import type { StoredPosition } from '../../adapters/database/positionsRepository.js';
import { asEmergency } from '../../adapters/exchange/priority.js';
import { isOwnOrder } from '../../trading/orders/index.js';
import type { EmergencyTrigger, StatusView } from '../../trading/types.js';
import type { BalanceBook } from '../account/balances.js';
import { crashPoint } from '../crashPoints.js';
import type { ActivityDependencies } from '../dependencies.js';
import { logEntries } from '../logLines.js';
import { openDesk, withHeartbeat } from '../orders/desk.js';
import { sellPosition } from '../orders/exit.js';
import { oneByOne } from '../orders/oneByOne.js';
import { protect } from '../orders/protection.js';
import type {
  CancelReport,
  EmergencyActivities,
  ExposureReport,
  HaltReport,
  LiquidationReport,
  LogLine,
} from '../types.js';
import { cancelOpenEntries, listedSymbols } from './cancelEntries.js';

/** Settings may be gone, be it with the account: what rests and is held is known from the books and the exchange. */
const WITHOUT_SETTINGS = { withoutSettings: true };
/** How far the clocks of Temporal's server and of a worker may lie apart where both write times, ms. */
const CLOCKS_APART_MS = 5_000;

export function createEmergencyActivities(deps: ActivityDependencies, balances: BalanceBook): EmergencyActivities {
  const { repositories } = deps;
  return {
    async haltTrading({ userId }: { userId: string; trigger: EmergencyTrigger; reason: string }): Promise<HaltReport> {
      crashPoint('emergency-before-halt');
      await Promise.all([haltOrders(deps, userId), repositories.config.setEnabled(userId, false)]);
      const haltedAt = new Date(deps.now()).toISOString();
      crashPoint('emergency-halted');
      return { haltedAt };
    },

    cancelEntryOrders: ({ userId }): Promise<CancelReport> =>
      asEmergency(() =>
        withHeartbeat(async () => {
          crashPoint('emergency-before-cancels');
          const desk = await openDesk(deps, userId, WITHOUT_SETTINGS);
          const report = await cancelOpenEntries(desk);
          await keepLines(deps, userId, 'cancel', desk.lines);
          crashPoint('emergency-cancelled');
          return report;
        }),
      ),

    liquidatePositions: ({ userId, since }): Promise<LiquidationReport> =>
      asEmergency(() =>
        withHeartbeat(async () => {
          crashPoint('emergency-before-sales');
          const desk = await openDesk(deps, userId, WITHOUT_SETTINGS);
          const from = since === undefined ? deps.now() : Date.parse(since) - CLOCKS_APART_MS;
          const troubles: unknown[] = [];
          const sell = (position: StoredPosition) => sellPosition(desk, position, 'emergency', 'EMERGENCY');
          await oneByOne(await repositories.positions.open(userId), sell, troubles);
          const sold = await soldSince(deps, userId, from);
          balances.touched(userId);
          await keepLines(deps, userId, 'liquidate', desk.lines);
          for (const event of desk.events) await deps.notify(userId, event);
          if (troubles.length > 0) throw troubles[0];
          const remaining = (await repositories.positions.open(userId)).length;
          if (remaining > 0) throw new Error(`${remaining} positions are not sold yet`);
          crashPoint('emergency-sold');
          return { sold, remaining };
        }),
      ),

    verifyExposure: ({ userId }): Promise<ExposureReport> =>
      asEmergency(() => withHeartbeat(() => verifyExposure(deps, userId))),

    notifyEmergency: ({ userId, event }) =>
      withHeartbeat(async () => {
        crashPoint('emergency-before-notifying');
        const stored = await deps.notifyAndStore(userId, event);
        crashPoint('emergency-notified');
        return { stored };
      }),

    async recordEmergency({ userId, status, lines }: { userId: string; status: StatusView; lines: LogLine[] }) {
      crashPoint('emergency-before-record');
      const now = deps.now();
      await repositories.status.put(userId, status, now);
      if (status.emergency) await repositories.status.putReceipt(userId, status.emergency);
      const key = `emergency-${status.emergency?.triggeredAt ?? now}`;
      await repositories.cycle.appendLogs(userId, key, logEntries(lines), now);
      crashPoint('emergency-recorded');
    },

    async releaseTrading({ userId, by, reason }) {
      const open = (await repositories.positions.open(userId)).filter((position) => position.protection === null);
      if (open.length > 0)
        return {
          released: false,
          open: open.map((position) => `${position.symbol} ${position.quantity} without protection`),
        };
      await repositories.status.release(userId);
      await repositories.cycle.appendLogs(userId, `reset-${deps.now()}`, [
        {
          logLevel: 'WARNING',
          component: 'ENGINE',
          message: `Emergency stop reset by ${by}${reason ? `: ${reason}` : ''}`,
        },
      ]);
      return { released: true, open: [] };
    },
  };
}

/** In the books, where every entry looks right before it is sent; a user without a document gets one. */
async function haltOrders({ repositories }: ActivityDependencies, userId: string): Promise<void> {
  if (await repositories.status.halt(userId)) return;
  await repositories.status.create(userId, (await repositories.config.get(userId))?.mode ?? 'paper');
  await repositories.status.halt(userId);
}

/** By the books and not by this attempt's memory: what an attempt before it sold belongs to the receipt as well. */
async function soldSince(
  { repositories, now }: ActivityDependencies,
  userId: string,
  from: number,
): Promise<LiquidationReport['sold']> {
  const trades = await repositories.trades.between(userId, new Date(from), new Date(now()));
  return trades
    .filter((trade) => trade.exitReason === 'emergency')
    .map(({ symbol, quantity, exitPrice }) => ({
      symbol,
      quantity: String(quantity),
      averagePrice: String(exitPrice),
    }));
}

/** What is on the exchange now, by its own word; a holding without protection gets it back before it is reported. */
async function verifyExposure(deps: ActivityDependencies, userId: string): Promise<ExposureReport> {
  crashPoint('emergency-before-verifying');
  const desk = await openDesk(deps, userId, WITHOUT_SETTINGS);
  const { positions } = deps.repositories;
  const troubles: unknown[] = [];
  const bare = (await positions.open(userId)).filter(({ protection }) => !protection);
  await oneByOne(bare, (position) => protect(desk, position), troubles);
  if (troubles.length > 0) throw troubles[0];
  const held = await positions.open(userId);
  const symbols = await listedSymbols(desk, held);
  const resting = (await Promise.all(symbols.map((symbol) => desk.account.openOrders(symbol))))
    .flat()
    .filter((order) => isOwnOrder(order.clientOrderId));
  await keepLines(deps, userId, 'verify', desk.lines);
  crashPoint('emergency-verified');
  return {
    openOrdersAfter: resting.filter((order) => order.side === 'BUY').length,
    protectiveOrders: resting
      .filter((order) => order.side === 'SELL')
      .map((order) => ({
        symbol: order.symbol,
        clientOrderId: order.clientOrderId,
        purpose: order.type === 'LIMIT_MAKER' ? 'TARGET' : 'STOP',
        quantity: order.quantity,
        price: order.type === 'LIMIT_MAKER' ? order.price : order.stopPrice,
      })),
    positionsAfter: held.map((position) => ({ symbol: position.symbol, quantity: position.quantity })),
    unprotected: held.filter((position) => position.protection === null).length,
  };
}

async function keepLines(
  deps: ActivityDependencies,
  userId: string,
  step: string,
  lines: readonly LogLine[],
): Promise<void> {
  if (lines.length === 0) return;
  const now = deps.now();
  await deps.repositories.cycle.appendLogs(userId, `emergency-${step}-${now}`, logEntries(lines), now);
}
