/**
 * The steps of an emergency as they run inside a workflow task: they look, record and tell, and send nothing to the
 * exchange. An order has to outlive a workflow task, so what is to be sent is left to the step that may: null.
 */
import type { StoredPosition } from '../../adapters/database/positionsRepository.js';
import { asEmergency } from '../../adapters/exchange/priority.js';
import { crashPoint } from '../crashPoints.js';
import type { ActivityDependencies } from '../dependencies.js';
import { openDesk } from '../orders/desk.js';
import type { EmergencyActivities, EmergencyLooks } from '../types.js';
import { liquidatedSince, WITHOUT_SETTINGS } from './common.js';
import { exposureOf, isBare, ownResting, type Resting } from './verifyExposure.js';

interface Sight {
  at: number;
  held: StoredPosition[];
  resting: Resting;
}

/** Whoever held nothing and had nothing under way when it was looked for entries needs no second look, ms. */
const SIGHT_MS = 2_000;

/** @param steps the steps of their own; those that neither ask nor tell the exchange anything are the same here */
export function createEmergencyLooks(deps: ActivityDependencies, steps: EmergencyActivities): EmergencyLooks {
  const { repositories, now } = deps;
  const { haltTrading, notifyEmergency, recordEmergency } = steps;
  /** Of users who hold nothing, taken away by the last step that looks. */
  const sights = new Map<string, Sight>();
  const fresh = (userId: string): Sight | null => {
    const sight = sights.get(userId);
    return sight && now() - sight.at < SIGHT_MS ? sight : null;
  };
  const look = (userId: string): Promise<Sight> =>
    asEmergency(async () => {
      const at = now();
      const [desk, held] = await Promise.all([
        openDesk(deps, userId, WITHOUT_SETTINGS),
        repositories.positions.open(userId),
      ]);
      return { at, held, resting: await ownResting(desk, held) };
    });

  return {
    haltTrading,
    notifyEmergency,
    recordEmergency,

    async cancelEntryOrders({ userId }) {
      crashPoint('emergency-before-cancels');
      sights.delete(userId);
      const unresolved = await repositories.orders.unresolvedByUser(userId);
      if (unresolved.length > 0) return null;
      const sight = await look(userId);
      if (sight.resting.orders.some(({ side }) => side === 'BUY')) return null;
      if (sight.held.length === 0) sights.set(userId, sight);
      crashPoint('emergency-cancelled');
      return { cancelled: [], adopted: 0 };
    },

    async liquidatePositions({ userId, since }) {
      crashPoint('emergency-before-sales');
      const held = fresh(userId)?.held ?? (await repositories.positions.open(userId));
      if (held.length > 0) return null;
      const done = await liquidatedSince(deps, userId, since);
      crashPoint('emergency-sold');
      return { ...done, remaining: 0 };
    },

    async verifyExposure({ userId }) {
      crashPoint('emergency-before-verifying');
      const { held, resting } = fresh(userId) ?? (await look(userId));
      sights.delete(userId);
      if (held.some((position) => position.pendingExit || isBare(position, resting))) return null;
      crashPoint('emergency-verified');
      return exposureOf(held, resting);
    },
  };
}
