/** Trained models by version; at most one is active for a symbol and timeframe. */
import type { Database } from './connect.js';
import type { ModelDocument } from './documents.js';
import { insertOnce } from './values.js';

export type ModelView = Omit<ModelDocument, '_id' | 'artifact'>;

export function createModelsRepository({ models }: Database) {
  const hidden = { _id: 0, artifact: 0 } as const;
  return {
    async list(): Promise<ModelView[]> {
      const found = await models.models.find({}, hidden).lean<ModelView[]>();
      return found.sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
    },

    get: (version: string): Promise<ModelDocument | null> => models.models.findById(version).lean<ModelDocument>(),

    /** The one in use, with its artifact. */
    active: (symbol: string, timeframe: string): Promise<ModelDocument | null> =>
      models.models.findOne({ stage: 'active', symbol, timeframe }).lean<ModelDocument>(),

    insert: (model: Omit<ModelDocument, '_id' | 'createdAt' | 'updatedAt'>, now = new Date()): Promise<boolean> =>
      insertOnce(() => models.models.create([{ ...model, _id: model.version, createdAt: now, updatedAt: now }])),

    async setStage(version: string, stage: ModelDocument['stage'], now = new Date()): Promise<boolean> {
      const result = await models.models.updateOne({ _id: version }, { $set: { stage, updatedAt: now } });
      return result.matchedCount === 1;
    },

    /** Puts a version to use and retires the one before it; false where there is no such version. */
    async promote(version: string, now = new Date()): Promise<boolean> {
      const chosen = await this.get(version);
      if (!chosen) return false;
      await this.setStage(version, 'active', now);
      const { symbol, timeframe } = chosen;
      const others = { stage: 'active', symbol, timeframe, _id: { $ne: version } };
      await models.models.updateMany(others, { $set: { stage: 'retired', updatedAt: now } });
      return true;
    },
  };
}
