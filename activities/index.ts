/** The only registry of activities: names as the Web UI shows them, dependencies handed in. */
import { createBalanceBook } from './account/balances.js';
import { loadSettings, openTrading, settleStop } from './control.js';
import type { ActivityDependencies } from './dependencies.js';
import { createEmergencyActivities } from './emergency/index.js';
import { withFailures } from './failures.js';
import { collectMarketData } from './market/collectMarketData.js';
import { openDesk, withHeartbeat } from './orders/desk.js';
import { enter } from './orders/entry.js';
import { managePositions } from './positions/managePositions.js';
import { recordCycle } from './recordCycle.js';
import { runSafetyChecks } from './risk/runSafetyChecks.js';
import { generateSignals } from './signals/generateSignals.js';
import { createSeenCandles } from './signals/seenCandles.js';
import type { EmergencyActivities, ReadingActivities, TradingActivities } from './types.js';

export interface Activities {
  /** For the queue `trading`. */
  trading: ReadingActivities & TradingActivities & Pick<EmergencyActivities, 'haltTrading'>;
  /** For the queue `trading-emergency`. */
  emergency: EmergencyActivities;
  /** A user's stream or another process saw something move: balances are asked again. */
  touched(userId: string): void;
}

export function createActivities(deps: ActivityDependencies): Activities {
  const balances = createBalanceBook(deps);
  const seen = createSeenCandles();
  const emergency = createEmergencyActivities(deps, balances);
  const trading: Activities['trading'] = {
    collectMarketData: (input) => collectMarketData(deps, input),
    generateSignals: (input) => generateSignals(deps, seen, input),
    runSafetyChecks: (input) => runSafetyChecks(deps, balances, input),
    openTrading: (input) => openTrading(deps, input),
    loadSettings: (input) => loadSettings(deps, input),
    executeTrade: ({ userId, plan }) =>
      withHeartbeat(async () => {
        try {
          return await enter(await openDesk(deps, userId), plan);
        } finally {
          balances.touched(userId);
        }
      }),
    managePositions: ({ userId, exits }) =>
      withHeartbeat(async () => {
        const report = await managePositions(await openDesk(deps, userId), exits);
        if (report.lines.length > 0) balances.touched(userId);
        return report;
      }),
    recordCycle: (record) => recordCycle(deps, seen, record),
    settleStop: (input) => withHeartbeat(() => settleStop(deps, input)),
    sendNotification: ({ userId, event }) => deps.notify(userId, event),
    // Here as well: it runs as a local activity, inside the workflow task (workflows/emergency.ts).
    haltTrading: emergency.haltTrading,
  };
  return {
    trading: withFailures({ ...trading } as never) as typeof trading,
    emergency: withFailures({ ...createEmergencyActivities(deps, balances) } as never) as EmergencyActivities,
    touched: (userId) => balances.touched(userId),
  };
}
