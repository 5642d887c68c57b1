/** `system_flags`: what holds for the whole fleet. */
import { byId } from './byId.js';
import type { Database } from './connect.js';
import type { FlagDocument } from './documents.js';

const FLEET = 'fleet';
const RESTORED = 'restored';

export function createFlagsRepository({ models }: Database) {
  const set = async (fields: Partial<FlagDocument>, epoch: number, _id = FLEET): Promise<void> => {
    await models.flags.updateOne({ _id }, { $set: fields, $inc: { epoch } }, { upsert: true });
  };
  const read = byId<FlagDocument>(models.flags);
  return {
    /** Looked at before every start and before every entry is sent. */
    async fleet(): Promise<Omit<FlagDocument, '_id'>> {
      const found = await read(FLEET);
      if (!found) return { halted: false, reason: '', by: '', since: null, epoch: 0 };
      const { _id, ...flag } = found;
      return flag;
    },
    haltFleet: (by: string, reason: string, now = new Date()) => set({ halted: true, by, reason, since: now }, 1),
    releaseFleet: (by: string) => set({ halted: false, by, reason: '', since: null }, 0),
    /** When a backup was restored into this database; null where none was. */
    restoredAt: async (): Promise<Date | null> => (await read(RESTORED))?.since ?? null,
    noteRestore: (now = new Date()) => set({ halted: false, by: 'restore', reason: '', since: now }, 0, RESTORED),
  };
}
