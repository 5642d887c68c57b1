/** The steps of an emergency stop. Each may be repeated: it looks at what is there and does what is left to do. */
import type { StoredPosition } from '../../adapters/database/positionsRepository.js';
import { asEmergency } from '../../adapters/exchange/priority.js';
import type { StatusView } from '../../trading/types.js';
import type { BalanceBook } from '../account/balances.js';
import { crashPoint } from '../crashPoints.js';
import type { ActivityDependencies } from '../dependencies.js';
import { logEntries } from '../logLines.js';
import { openDesk, withHeartbeat } from '../orders/desk.js';
import { oneByOne, throwPassing } from '../orders/oneByOne.js';
import { sellOrProtect } from '../orders/protection.js';
import type {
  CancelReport,
  EmergencyActivities,
  ExposureReport,
  HaltReport,
  LiquidationReport,
  LogLine,
} from '../types.js';
import { cancelOpenEntries, listedSymbols } from './cancelEntries.js';
import { keepLines, liquidatedSince, WITHOUT_SETTINGS } from './common.js';
import { haltedWithAll, haltNow } from './halt.js';
import { verifyExposure } from './verifyExposure.js';

/** Its receipt says whether it is stored. */
const STORING_MS = 15_000;

export function createEmergencyActivities(deps: ActivityDependencies, balances: BalanceBook): EmergencyActivities {
  const { repositories } = deps;
  return {
    async haltTrading({ userId, halted }): Promise<HaltReport> {
      crashPoint('emergency-before-halt');
      const haltedAt = (halted && (await haltedWithAll(deps, userId, halted))) || (await haltNow(deps, userId));
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
          const troubles: unknown[] = [];
          let tooSmall = 0;
          const sell = async (position: StoredPosition): Promise<void> => {
            if ((await sellOrProtect(desk, position, 'emergency')) === 'too small') tooSmall += 1;
          };
          await oneByOne(await repositories.positions.open(userId), sell, troubles);
          const done = await liquidatedSince(deps, userId, since);
          balances.touched(userId);
          await keepLines(deps, userId, 'liquidate', desk.lines);
          for (const event of desk.events) await deps.notify(userId, event);
          throwPassing(troubles);
          const remaining = (await repositories.positions.open(userId)).length;
          if (remaining > troubles.length + tooSmall) throw new Error(`${remaining} positions are not sold yet`);
          crashPoint('emergency-sold');
          return { ...done, remaining };
        }),
      ),

    verifyExposure: ({ userId }): Promise<ExposureReport> =>
      asEmergency(() => withHeartbeat(() => verifyExposure(deps, userId))),

    notifyEmergency: ({ userId, event }) =>
      withHeartbeat(async () => {
        crashPoint('emergency-before-notifying');
        const stored = await deps.notify(userId, event, STORING_MS);
        crashPoint('emergency-notified');
        return { stored };
      }),

    async recordEmergency({ userId, status, lines }: { userId: string; status: StatusView; lines: LogLine[] }) {
      crashPoint('emergency-before-record');
      await repositories.cycle.recordEmergency(userId, status, logEntries(lines), deps.now());
      crashPoint('emergency-recorded');
    },

    async releaseTrading({ userId, by, reason }) {
      const bare = (await repositories.positions.open(userId)).filter((position) => position.protection === null);
      const open = bare.length > 0 ? await listedOnes(deps, userId, bare) : bare;
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

/** Those that can be protected at all: a symbol that is listed no more keeps nobody from going on with the others. */
async function listedOnes(
  deps: ActivityDependencies,
  userId: string,
  positions: readonly StoredPosition[],
): Promise<StoredPosition[]> {
  const listed = await listedSymbols(await openDesk(deps, userId, WITHOUT_SETTINGS), positions);
  return positions.filter(({ symbol }) => listed.includes(symbol));
}
