/** The only registry of activities: names as the Web UI shows them, dependencies handed in. */
import { Context } from '@temporalio/activity';
import { booksOf } from '../adapters/database/books.js';
import { createBalanceBook } from './account/balances.js';
import { createCompareTurns } from './account/compareTurns.js';
import { createKeyWatch } from './account/liveKeys.js';
import { loadSettings, openTrading, settleStop } from './control.js';
import { createCycleReads } from './cycleReads.js';
import type { ActivityDependencies } from './dependencies.js';
import { createEmergencyActivities } from './emergency/index.js';
import { createEmergencyLooks } from './emergency/looks.js';
import { withFailures } from './failures.js';
import { collectMarketData } from './market/collectMarketData.js';
import { openDesk, withHeartbeat } from './orders/desk.js';
import { enter, isBegun, notEntered, TOO_MANY_ENTRIES } from './orders/entry.js';
import { enterInShadow } from './orders/shadow.js';
import { createPlaces, createRoom } from './orders/slots.js';
import { lookOver } from './positions/lookOver.js';
import { managePositions } from './positions/managePositions.js';
import { recordCycle } from './recordCycle.js';
import { runSafetyChecks } from './risk/runSafetyChecks.js';
import { generateSignals } from './signals/generateSignals.js';
import { createSeenCandles } from './signals/seenCandles.js';
import type {
  EmergencyActivities,
  EmergencyLooks,
  PositionsInput,
  PositionsReport,
  ReadingActivities,
  TradeReport,
  TradingActivities,
} from './types.js';

export interface Activities {
  /** For the queue `trading`. */
  trading: ReadingActivities & TradingActivities & EmergencyLooks;
  /** For the queue `trading-emergency`. */
  emergency: EmergencyActivities;
  /** A user's stream saw something move: balances are asked again; after a gap orders are compared as well. */
  touched(userId: string, gap?: boolean): void;
}

/**
 * More at once are no faster on one process, and each is bare for longer. Where the machine is at its limit: the cycles of
 * all users, and whoever stops, come before new entries.
 */
const ENTRIES_AT_ONCE = { most: 12, least: 2 };
/** The cycle goes on without the entry, and the next one decides anew. */
const ENTRY_PATIENCE_MS = 5_000;

export function createActivities(deps: ActivityDependencies): Activities {
  const balances = createBalanceBook(deps);
  const turns = createCompareTurns();
  const keys = createKeyWatch(deps);
  const places = createPlaces(createRoom(ENTRIES_AT_ONCE));
  const accounts = { deps, balances, turns, keys, places };
  const seen = createSeenCandles();
  const reads = createCycleReads(deps.repositories, deps.now);
  const emergency = createEmergencyActivities(deps, balances);
  const trading: Activities['trading'] = {
    collectMarketData: (input) => collectMarketData(deps, reads, input),
    generateSignals: (input) => generateSignals(deps, reads, seen, input),
    runSafetyChecks: (input) => runSafetyChecks(accounts, reads, input),
    openTrading: (input) => openTrading(deps, keys, input),
    loadSettings: (input) => loadSettings(deps, input),
    readBooks: (input) => booksOf(deps.repositories, input.userId),
    executeTrade: (input) =>
      withHeartbeat(async () => {
        const { userId, plan } = input;
        try {
          const { info, cancellationSignal } = Context.current();
          const work = async (hasSlot: boolean): Promise<TradeReport> => {
            const desk = await openDesk(deps, userId, { settings: reads.settings(input) });
            if (desk.shadow) return enterInShadow(desk, plan);
            if (hasSlot || cancellationSignal.aborted) return enter(desk, plan);
            return { ...notEntered(desk, plan, 'REFUSED', TOO_MANY_ENTRIES), again: true };
          };
          // What a dead attempt has sent is a holding that may be bare, and no longer an entry that can wait.
          if (info.attempt > 1 && (await isBegun(deps.repositories, plan))) return await work(true);
          return await places.run(userId, work, cancellationSignal, ENTRY_PATIENCE_MS);
        } finally {
          balances.touched(userId);
        }
      }),
    managePositions: (input: PositionsInput & { lookOnly?: true; nothingSent?: boolean }) =>
      withHeartbeat(async () => {
        const { userId, exits, lookOnly, nothingSent, why } = input;
        const desk = await openDesk(deps, userId, why === 'cycle' ? { settings: reads.settings(input) } : {});
        // Null is for who asked for a look.
        if (lookOnly) return (await lookOver(desk, nothingSent ? reads.seenSettled(input) : null)) as PositionsReport;
        const report = await managePositions(desk, exits);
        if (report.lines.length > 0) balances.touched(userId);
        return report;
      }),
    recordCycle(record) {
      reads.end(record);
      return recordCycle(deps, seen, record);
    },
    settleStop: (input) => withHeartbeat(() => settleStop(deps, input)),
    sendNotification: async ({ userId, event }) => void (await deps.notify(userId, event)),
    // Here as well: what is but a look is a local activity, inside the workflow task (workflows/emergency.ts).
    ...createEmergencyLooks(deps, emergency),
  };
  return {
    trading: withFailures({ ...trading } as never) as typeof trading,
    emergency: withFailures({ ...emergency } as never) as EmergencyActivities,
    touched(userId, gap) {
      balances.touched(userId);
      if (gap) turns.suspect(userId);
    },
  };
}
